import { Value } from 'typebox/value'
import { ReportSettings } from '#core/api/reports.ts'
import type { Clock } from '#core/clock.ts'
import type { Control } from '#control/database/control.ts'

/** What is printed until somebody fills in the form; the agency's own words are its business. */
export const defaultSettings: ReportSettings = {
  form: {
    governing: 'Ủy ban nhân dân|tỉnh Thừa Thiên Huế',
    issuing: 'Trung tâm giám sát|an ninh mạng',
    abbreviation: 'SOC',
    place: 'Thừa Thiên Huế',
    to: ['Ban Chỉ đạo Đề án 06 tỉnh'],
    recipients: ['Như trên', 'Các đơn vị liên quan'],
    authority: '',
    signerTitle: 'Giám đốc',
    signerName: '',
    internal: true,
    secrecy: ''
  },
  monthDay: 15,
  hour: 7,
  daily: true,
  weekly: true,
  monthly: true
}

/** Settings of the reports; a stored form that an older version wrote is completed with the defaults. */
export function readSettings(control: Control): ReportSettings {
  const row = control.get<{ settings: string }>('SELECT settings FROM report_settings WHERE id = 1')
  if (row === undefined) return defaultSettings
  const stored = JSON.parse(row.settings) as Partial<ReportSettings>
  const whole = { ...defaultSettings, ...stored, form: { ...defaultSettings.form, ...stored.form } }
  return Value.Check(ReportSettings, whole) ? whole : defaultSettings
}

export function writeSettings(control: Control, clock: Clock, settings: ReportSettings, by: string): void {
  control
    .sql('INSERT OR REPLACE INTO report_settings (id, settings, changed_at, changed_by) VALUES (1, ?, ?, ?)')
    .run(JSON.stringify(settings), clock.now(), by)
}
