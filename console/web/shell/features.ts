import type { Component } from 'svelte'
import type { Wall } from '#core/api/health.ts'
import type { Summary } from '#core/api/sources.ts'
import { roles, type Role } from '#core/roles.ts'
import { blindCount } from './blind.ts'

/** What the figures of the rail are read from; null until it is known. */
export type Known = { summary: Summary | null; wall: Wall | null }

/** Views of one page that stand in its address: `/admin` is the bare one, `/admin/audit` a named one, anything else is an id. */
type Views = { bare: string; named: readonly string[]; id: string }

/** One page of the console: all that shell, rail, keyboard, address bar and access know of it. */
export type Row = {
  /** First part of the address, and what may follow: `/:id` must, `/:id?` may. A page whose id must be there is made anew for each id. */
  path: `/${string}`
  views?: Views
  /** Entry of the rail that the page stands under; a page with a `rail` is an entry itself. */
  entry: string | null
  /** Place in the rail of a role, 1 first; the first entry is the role's first screen. */
  rail?: Partial<Record<Role, number>>
  /** Entry marked for the roles that have this one not in their rail. */
  otherwise?: string
  /** Set apart at the end of the rail. */
  apart?: true
  /** Figure beside the entry; zero is not shown. */
  count?: (known: Known) => number
  /** Who may look at the page; the server decides again on every request, this only hides what would be refused. */
  roles: readonly Role[]
  /** Views that fewer may look at. */
  only?: Readonly<Record<string, readonly Role[]>>
  /** Leads here after `g`. */
  key?: string
  /** The page fills the screen, without bar and rail. */
  whole?: true | ((query: URLSearchParams) => boolean)
  page: () => Promise<{ default: unknown }>
}

const acting = ['admin', 'analyst'] as const
const reading = [...acting, 'auditor'] as const
const owning = [...reading, 'owner'] as const

/** Every page, in the order of the key sheet. A new screen is one row here, and its folder. */
const rows = {
  queue: {
    path: '/alerts/:id?',
    entry: 'queue',
    rail: { admin: 1, analyst: 1, auditor: 2, owner: 2 },
    count: ({ summary }) => summary?.newAlerts ?? 0,
    roles: owning,
    key: 'q',
    page: () => import('../queue/QueuePage.svelte')
  },
  incidents: {
    path: '/incidents',
    entry: 'incidents',
    rail: { admin: 2, analyst: 2, auditor: 1, owner: 3 },
    count: ({ summary }) => summary?.openIncidents ?? 0,
    roles: owning,
    key: 'i',
    page: () => import('../incidents/IncidentsPage.svelte')
  },
  incident: {
    path: '/incidents/:id',
    entry: 'incidents',
    roles: owning,
    page: () => import('../incidents/IncidentPage.svelte')
  },
  // An owner's stand on its own page; the entry is the same for whoever follows them.
  tasks: {
    path: '/tasks/:id?',
    entry: 'incidents',
    roles: owning,
    page: () => import('../tasks/TasksPage.svelte')
  },
  models: {
    path: '/models',
    entry: 'models',
    rail: { admin: 4, analyst: 4, auditor: 4, owner: 7, leader: 4 },
    count: ({ wall }) => wall?.outages.length ?? 0,
    roles,
    key: 'h',
    whole: (query) => query.get('wall') === '1',
    page: () => import('../health/WallPage.svelte')
  },
  model: { path: '/models/:id', entry: 'models', roles, page: () => import('../health/ModelPage.svelte') },
  systems: { path: '/systems', entry: 'models', roles, page: () => import('../health/SystemsPage.svelte') },
  system: { path: '/systems/:id', entry: 'models', roles, page: () => import('../health/SystemPage.svelte') },
  // Probes name addresses inside networks: a leader sees states and figures.
  probes: { path: '/probes/:id?', entry: 'models', roles: owning, page: () => import('../health/ProbesPage.svelte') },
  maintenance: {
    path: '/maintenance/:id?',
    entry: 'models',
    roles,
    page: () => import('../health/MaintenancePage.svelte')
  },
  units: {
    path: '/units/:id?',
    entry: 'units',
    rail: { admin: 5, analyst: 5, auditor: 5, owner: 4, leader: 3 },
    roles,
    key: 'u',
    page: () => import('../units/UnitsPage.svelte')
  },
  // The top bar has the search; where the rail is full it has no entry of its own.
  search: {
    path: '/search',
    entry: 'search',
    rail: { analyst: 6, owner: 5 },
    roles: owning,
    key: 'e',
    page: () => import('../search/SearchPage.svelte')
  },
  sources: {
    path: '/sources/:id?',
    views: { bare: 'list', named: ['dead-letters'], id: 'list' },
    entry: 'sources',
    rail: { admin: 6, analyst: 7, auditor: 6, owner: 6 },
    count: ({ summary }) => (summary === null ? 0 : blindCount(summary.blind)),
    roles: owning,
    key: 's',
    page: () => import('../sources/SourcesPage.svelte')
  },
  rules: {
    path: '/rules/:id?',
    entry: 'rules',
    rail: { admin: 7, analyst: 8, auditor: 7 },
    roles: reading,
    key: 'r',
    page: () => import('../rules/RulesPage.svelte')
  },
  admin: {
    path: '/admin/:id?',
    views: { bare: 'users', named: ['audit', 'policy'], id: 'users' },
    entry: 'admin',
    rail: { admin: 8, auditor: 8 },
    apart: true,
    roles: ['admin', 'auditor'],
    only: { users: ['admin'], policy: ['admin'] },
    key: 'a',
    page: () => import('../admin/AdminPage.svelte')
  },
  catalogue: {
    path: '/catalogue',
    entry: 'admin',
    roles: ['admin'],
    page: () => import('../catalogue/CataloguePage.svelte')
  },
  // Analysts find it in their menu, administrators beside the accounts too.
  notifications: {
    path: '/notifications/:id?',
    views: { bare: 'messages', named: ['channels', 'roster', 'steps', 'outbox'], id: 'messages' },
    entry: 'admin',
    roles: reading,
    page: () => import('../notifications/NotificationsPage.svelte')
  },
  posture: {
    path: '/posture/:id?',
    views: { bare: 'page', named: ['units', 'incidents'], id: 'unit' },
    entry: 'posture',
    rail: { admin: 3, analyst: 3, auditor: 3, leader: 1 },
    roles: [...reading, 'leader'],
    key: 'p',
    page: () => import('../posture/PosturePage.svelte')
  },
  // Those whose rail is full reach them from the posture page. `new`, `settings` and `subscribers` open their panel.
  reports: {
    path: '/reports/:id?',
    entry: 'reports',
    rail: { owner: 8, leader: 2 },
    otherwise: 'posture',
    roles,
    key: 'b',
    page: () => import('../reports/ReportsPage.svelte')
  },
  mine: {
    path: '/mine',
    entry: 'mine',
    rail: { owner: 1 },
    roles: ['owner'],
    key: 'm',
    page: () => import('../mine/MinePage.svelte')
  },
  account: { path: '/account', entry: null, roles, page: () => import('../account/AccountPage.svelte') },
  password: {
    path: '/password',
    entry: null,
    roles,
    whole: true,
    page: () => import('../sign-in/PasswordPage.svelte')
  },
  // Read before anybody is signed in.
  welcome: {
    path: '/welcome/:token',
    entry: null,
    roles,
    whole: true,
    page: () => import('../sign-in/WelcomePage.svelte')
  }
} as const satisfies Record<string, Row>

type Rows = typeof rows
export type PageName = keyof Rows
/** Pages that have an entry in a rail. */
export type Entry = { [P in PageName]: Rows[P] extends { rail: object } ? P : never }[PageName]

type ParamsOf<P> = P extends `/${string}/:${infer Name}?`
  ? { [K in Name]: string | null }
  : P extends `/${string}/:${infer Name}`
    ? { [K in Name]: string }
    : object
type ViewOf<R> = R extends { views: { bare: infer Bare; named: readonly (infer Named)[]; id: infer Id } }
  ? { view: Bare | Named | Id }
  : object

/** What stands in the address of a page beside its name: these are the props of its component. */
export type Params<P extends PageName> = ParamsOf<Rows[P]['path']> & ViewOf<Rows[P]>
/** The views of a page that has some. */
export type View<P extends PageName> = Params<P> extends { view: infer V } ? V : never
type HeadOf<P> = P extends `/${infer Head}/:${string}` ? Head : P extends `/${infer Head}` ? Head : never
/** First part of an address that is a page of ours. */
export type Head = HeadOf<Rows[PageName]['path']>

/** A page without props reads the address by itself. */
type Opens<P extends PageName> = () => Promise<{ default: Component<Params<P>> | Component<Record<string, never>> }>
type Checked = {
  [P in PageName]: {
    entry: Entry | null
    otherwise?: Entry
    only?: Partial<Record<View<P> & string, readonly Role[]>>
    page: Opens<P>
  }
}

/** The pages of the console. An entry that is none, a role that does not exist, or props that the address does not give are type errors. */
export const features: Rows = rows satisfies Checked
export const pageNames = Object.keys(features) as PageName[]
/** Every entry that some role has in its rail. */
export const entries = pageNames.filter((page): page is Entry => 'rail' in features[page])
/** A page's row, seen as what all rows have in common. */
export const rowOf = (page: PageName): Row => features[page]

/** Screens without an address, before one is signed in. */
const doors = {
  signIn: () => import('../sign-in/SignInPage.svelte'),
  totp: () => import('../sign-in/TotpPage.svelte')
}
/** A page, or a screen before one is signed in. */
export type Opened = PageName | keyof typeof doors
type Loader = () => Promise<{ default: unknown }>
/** How each of them is fetched. */
export const loaders: Readonly<Record<string, Loader>> = {
  ...doors,
  ...Object.fromEntries(pageNames.map((page) => [page, features[page].page]))
}
