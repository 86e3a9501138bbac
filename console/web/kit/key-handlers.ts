/** What a list or panel does at a command of the keyboard; the commands' names are shell/keyboard.ts's. */
export type KeyHandlers = Partial<Record<string, () => void>>

/** Whoever hands commands to the layer opened last; the returned function removes the layer. */
export type KeyLayers = { use(handlers: KeyHandlers): () => void }
