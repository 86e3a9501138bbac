import type { Clock } from '#core/clock.ts'
import type { Level, MatchFold } from '#core/match.ts'
import { HOUR_MS } from '#core/time.ts'
import type { Control } from '#control/database/control.ts'
import { createAlerts } from '#control/triage/alerts.ts'
import { sampleBatch, sampleEvidence, sampleFold, SPOOL } from './folds.ts'
import { CITIZEN, event, FOREIGN, inventory, OWN, PHONE, SCRIPT, type TriageIds } from './world.ts'

/** The rule that raised the alerts of a console under test. */
export const RULE = 'rule-1'

/** The ids of a console in which nothing was raised. */
export const noTriage: TriageIds = {
  ...{ own: '', foreign: '', ownIncident: '', foreignIncident: '', sharedIncident: '' },
  ...{ inOwn: '', inForeign: '', sharedOwn: '', sharedForeign: '' }
}

/** A fold whose sentence, entity and evidence hold what must be masked and what must stay text. */
export function hostileFold(entity: string, unit: string, level: Level, at: number): MatchFold {
  const fold = sampleFold({ rule: RULE, entity, unit, level, count: 17 }, at)
  const seen = { ...sampleEvidence(event(`e-${entity}`, unit)), createdAt: at }
  return {
    ...fold,
    rule: {
      ...fold.rule,
      title: { vi: 'Dò mật khẩu SSH', en: 'SSH password guessing' },
      sentence: { vi: 'Tra cứu {user.id} từ {message}', en: 'Look-up of {user.id} from {message}' },
      falsePositives: [SCRIPT]
    },
    entity: { key: entity, fields: { 'user.phone': PHONE } },
    evidence: [{ ...seen, matched: [{ selection: 's', field: 'message', value: CITIZEN }] }],
    values: { 'user.id': CITIZEN, message: SCRIPT }
  }
}

/** Raises what the control plane has when a console opens. Nothing of it is announced: it is how the day began. */
export function raiseTriage(control: Control, clock: Clock): TriageIds {
  const alerts = createAlerts({ control, inventory, clock })
  let offset = 0
  /** Commits one fold; answers the alert's id and the id of the incident that it opened or joined. */
  function raise(entity: string, unit: string, level: Level, at = clock.now()): { alert: string; incident: string } {
    const fold = hostileFold(entity, unit, level, at)
    alerts.commit(sampleBatch(++offset, offset, [fold]), SPOOL)
    const { alert, incident } = alerts.alertOf(fold.fingerprint)!
    return { alert, incident: incident ?? '' }
  }
  // Long enough before the others that theirs open incidents of their own.
  const earlier = clock.now() - 2 * HOUR_MS
  const [sharedOwn, sharedForeign] = [OWN, FOREIGN].map((unit) => raise('shared', unit, 'critical', earlier))
  const own = raise('in-own', OWN, 'critical')
  const foreign = raise('in-foreign', FOREIGN, 'critical')
  const ids = {
    ...{ own: raise('own', OWN, 'high').alert, foreign: raise('foreign', FOREIGN, 'high').alert },
    ...{ ownIncident: own.incident, inOwn: own.alert, foreignIncident: foreign.incident, inForeign: foreign.alert },
    sharedIncident: sharedOwn!.incident,
    ...{ sharedOwn: sharedOwn!.alert, sharedForeign: sharedForeign!.alert }
  }
  for (const incident of [ids.ownIncident, ids.foreignIncident, ids.sharedIncident]) {
    for (const unit of alerts.incident(incident)!.incident.units)
      alerts.tell({ act: 'note', incident, unit: unit.code, text: `ghi chú ${unit.code} ${CITIZEN}` })
    alerts.tell({ act: 'note', incident, text: `ghi chú chung ${CITIZEN}` })
  }
  for (const alert of [ids.own, ids.foreign]) alerts.tell({ act: 'note', alert, text: `gọi ${PHONE}` })
  return ids
}
