import { SocError } from '#core/errors.ts'
import { auditAct, type Context } from '../context.ts'
import type { policyApi } from '#core/api/policy.ts'
import type { Handlers } from './serve.ts'

/** Rules for passwords and second factors; one set for the platform, so only an administrator of the province sets them. */
export function policyHandlers(context: Context): Handlers<typeof policyApi> {
  return {
    'GET /api/account-policy': () => context.policy.get(),
    'PUT /api/account-policy': (request) => {
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
  }
}
