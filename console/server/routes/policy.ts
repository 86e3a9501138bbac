import { AccountPolicy } from '#core/api/accounts.ts'
import { SocError } from '#core/errors.ts'
import { auditAct, type App, type Context } from '../context.ts'

/** Rules for passwords and second factors; one set for the platform, so only an administrator of the province sets them. */
export function policyRoutes(app: App, context: Context): void {
  app.get(
    '/api/account-policy',
    { schema: { summary: 'Rules for passwords and second factors', response: { 200: AccountPolicy } } },
    () => context.policy.get()
  )
  app.put(
    '/api/account-policy',
    {
      schema: {
        summary: 'Set the rules for passwords and second factors',
        body: AccountPolicy,
        response: { 200: AccountPolicy }
      }
    },
    (request) => {
      if (request.scope !== undefined)
        throw new SocError('policy.province_only', 'the rules are set by an administrator of the province', {
          status: 403
        })
      const { minLength, classes, history, maxAgeDays, refusedWords, totpRoles } = request.body
      const words = [...new Set(refusedWords.map((word) => word.trim()).filter((word) => word.length >= 2))]
      const policy = {
        minLength,
        classes,
        history,
        maxAgeDays,
        refusedWords: words,
        totpRoles: [...new Set(totpRoles)]
      }
      context.control.transaction(() => {
        context.policy.set(policy)
        auditAct(context, request, 'policy.changed', '', { ...policy, refusedWords: words.length })
      })
      return policy
    }
  )
}
