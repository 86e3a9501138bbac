import type { Routes } from '#core/api/routes.ts'
import { createContext } from 'svelte'
import type { Console, NoRoutes } from './console.svelte.ts'

const [current, provideConsole] = createContext<Console>()
export { provideConsole }

/** The console of this browser, set by App.svelte; a page names the tables of routes that it calls, parts take props instead. */
export const useConsole = <A extends Routes = NoRoutes>() => current() as unknown as Console<A>
