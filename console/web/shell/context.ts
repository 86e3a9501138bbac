import { createContext } from 'svelte'
import type { Console } from './console.svelte.ts'

/** The console of this browser, set by App.svelte and read by pages; components take props instead. */
export const [useConsole, provideConsole] = createContext<Console>()
