import type { Bilingual } from '#core/match.ts'

/** What the server itself says of alerts and incidents, in both languages; `{name}`s are filled by whoever says it. */
export const words = {
  /** First words of a message about a turn of an incident. */
  turn: {
    opened: { vi: 'Sự cố mới mức {level}: {place}', en: 'New incident, {level}: {place}' },
    reopened: { vi: 'Sự cố mở lại, mức {level}: {place}', en: 'Incident opened again, {level}: {place}' },
    raised: { vi: 'Sự cố tăng lên mức {level}: {place}', en: 'Incident raised, {level}: {place}' },
    closed: { vi: 'Sự cố {id} đã đóng: {place}', en: 'Incident {id} closed: {place}' },
    again: { vi: 'Lại xảy ra: {what}', en: 'Happens again: {what}' },
    recovered: { vi: 'Đã phục hồi: {what}', en: 'Recovered: {what}' },
    merged: { vi: 'Sự cố {id} nhập vào {into}, theo dõi tiếp ở {into}', en: 'Incident {id} goes on in {into}' },
    unmerged: { vi: 'Sự cố {id} tách ra xử lý riêng: {what}', en: 'Incident {id} stands for itself again: {what}' },
    /** What an incident is called where its title must not leave the house. */
    what: { vi: 'mức {level}, {place}', en: '{level}, {place}' },
    // The channels put title and code before it.
    body: {
      vi: 'Mở bảng điều khiển để xem bằng chứng và xử lý.',
      en: 'Open the console for the evidence and the work.'
    }
  },
  /** What a shift that begins is told. */
  handover: {
    title: { vi: 'Nhận ca {shift}: {count} sự cố đang mở', en: 'Shift {shift} begins: {count} open incidents' },
    line: { vi: '- P{priority} {id}: {title} ({who})', en: '- P{priority} {id}: {title} ({who})' },
    nobody: { vi: 'chưa ai nhận', en: 'nobody on it' },
    rest: { vi: 'và {count} sự cố khác.', en: 'and {count} more.' }
  },
  /** Where an incident is. */
  place: {
    unknown: { vi: 'chưa rõ đơn vị', en: 'unit not known' },
    andMore: { vi: '{name} và {count} đơn vị nữa', en: '{name} and {count} more' }
  },
  incidentTitle: {
    alert: { vi: '{title}: {place}', en: '{title}: {place}' },
    /** Of an incident in which a unit stands, and of which nothing of its own is left. */
    shared: { vi: 'Sự cố liên quan đến đơn vị', en: 'Incident that touches the unit' },
    twoRules: { vi: 'Nhiều luật khớp trên {entity}: {place}', en: 'Several rules on {entity}: {place}' }
  },
  /** The sentence of an alert that stands for many entities. */
  manyEntities: {
    vi: 'Luật “{rule.title}” khớp trên {entities} đối tượng mới, {count} lần',
    en: 'Rule “{rule.title}” matched {entities} new entities, {count} times'
  },
  /** A value of a sentence that the event did not have. */
  unknownValue: { vi: 'không rõ', en: 'unknown' },
  /** The alert of an outage, in place of what its rule says of all outages. */
  outage: {
    title: { vi: 'Ngừng hoạt động: {system}', en: 'Outage: {system}' },
    /** Many at once that do not depend on each other. */
    titleTogether: {
      vi: '{count} hệ thống cùng ngừng: nghi nguyên nhân chung',
      en: '{count} systems down at once: a common cause is suspected'
    },
    together: {
      vi: '{name} và {count} hệ thống không phụ thuộc nhau cùng ngừng từ {since}: kiểm tra đường truyền và máy giám sát trước',
      en: '{name} and {count} systems that do not depend on each other down since {since}: check our own line and machine first'
    },
    system: { vi: '{name} ngừng từ {since}', en: '{name} has been down since {since}' },
    group: { vi: '{name}: mất {lost} thành phần từ {since}', en: '{name}: {lost} members lost since {since}' },
    downAndDegraded: {
      vi: '. Mô hình ngừng: {models.down}; suy giảm: {models.degraded}',
      en: '. Models down: {models.down}; degraded: {models.degraded}'
    },
    down: { vi: '. Mô hình ngừng: {models.down}', en: '. Models down: {models.down}' },
    degraded: { vi: '. Mô hình suy giảm: {models.degraded}', en: '. Models degraded: {models.degraded}' },
    noModel: { vi: '. Không kéo theo mô hình nào', en: '. No model goes with it' }
  },
  /** What the law counts from detection. */
  clock: {
    first_notice: {
      vi: 'Thông báo ban đầu khi nghiêm trọng (Nghị định 331/2026, Điều 31)',
      en: 'First notice when serious (Decree 331/2026, Article 31)'
    },
    cause_and_scope: {
      vi: 'Nguyên nhân, phạm vi, khắc phục (Nghị định 331/2026, Điều 31)',
      en: 'Cause, scope, remedy (Decree 331/2026, Article 31)'
    },
    personal_data: {
      vi: 'Thông báo vi phạm dữ liệu cá nhân (Luật 91/2025/QH15, Điều 23)',
      en: 'Notice of a personal data breach (Law 91/2025/QH15, Article 23)'
    },
    operator_report: {
      vi: 'Báo cáo ban đầu của đơn vị vận hành (Quyết định 05/2017/QĐ-TTg, Điều 11)',
      en: 'First report of the operator (Decision 05/2017/QĐ-TTg, Article 11)'
    }
  }
} satisfies Record<string, Bilingual | Record<string, Bilingual>>
