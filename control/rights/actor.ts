/** Who acts, as the timeline of an alert names it. */
export type Actor = { id: string; name: string }
