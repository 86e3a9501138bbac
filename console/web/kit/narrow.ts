/** Whether the screen is a phone's, as the tokens see it, while something is drawn for the first time. */
export const narrow = (): boolean => window.matchMedia('(max-width: 720px)').matches
