import type { ChannelName, Priority } from '#core/notification.ts'

/** One message as a driver gets it; everything that must stay the same when it is sent again is fixed here. */
export type OutgoingMessage = {
  /** Fixed before the first send: event id, RequestId, Message-ID, tracking id. Letters, digits, `_` and `-`. */
  id: string
  address: string
  /** Name of the recipient. */
  name: string
  priority: Priority
  topic: string
  /** Short code people can say on the phone. */
  code: string
  subject: string
  /** One line, already free of personal data and addresses. */
  title: string
  /** The whole text made for this channel. */
  text: string
  /** Full address; '' when none or when the console has no public address. */
  link: string
  /** When it was announced, milliseconds. */
  at: number
  attachments: { name: string; type: string; bytes: Uint8Array }[]
}

/**
 * permanent: this address never works, it is flagged and left. deferrable: not this channel now, the next one takes over at
 * once. retryable: the same again later. config: our settings are wrong, the administrator is told by another channel.
 */
export type FailureClass = 'permanent' | 'deferrable' | 'retryable' | 'config'

export type SendResult =
  | { kind: 'accepted' | 'delivered'; providerId?: string; quotaLeft?: number }
  | {
      kind: 'failed'
      class: FailureClass
      /** The provider's own code as it documents it, or ours (`network.…`). */
      code: string
      detail: string
      retryAfterMs?: number
      /** The message is at fault, not the address: the contact is not flagged. */
      messageFault?: boolean
    }

/** What a provider says later of a message it took. */
export type Receipt =
  | { kind: 'status'; messageId?: string; providerId?: string; status: 'delivered' | 'read' | 'failed'; code: string }
  | { kind: 'reply'; address: string; text: string }

/** A way to reach people. One file each in channels/; nothing outside knows a provider's codes or fields. */
export type Driver = {
  channel: ChannelName
  /** False while its settings are missing: it is then no choice for anybody. */
  configured: boolean
  /** Messages on the way at once. */
  concurrency: number
  /** Says later whether a message arrived; without that `accepted` is the last word. */
  receipts: boolean
  /** What its receipt address carries beside the path, where the provider does not sign: `?k=…`. */
  receiptQuery?: string
  /** Hours of the day (Asia/Ho_Chi_Minh) in which it may not be used, `from` > `to` over midnight. */
  quietHours?: { from: number; to: number }
  dailyMax?: number
  /** Never throws; gives up by itself within a minute. */
  send(message: OutgoingMessage): Promise<SendResult>
  /** Reads a provider's call. Undefined: not signed by the provider. An empty list: understood, nothing in it for us. */
  readReceipt?(call: ReceiptCall): Receipt[] | undefined
  /** When the access token was last renewed and runs out, milliseconds. */
  token?(): { renewedAt: number; expiresAt: number } | undefined
  close?(): void
}

export type ReceiptCall = {
  headers: Record<string, string | undefined>
  query: Record<string, string | undefined>
  body: Buffer
  now: number
}
