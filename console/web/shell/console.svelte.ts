import type { alertsApi } from '#core/api/alerts.ts'
import type { modelsApi } from '#core/api/models.ts'
import type { Session } from '#core/api/people.ts'
import type { Routes } from '#core/api/routes.ts'
import type { sessionApi } from '#core/api/session.ts'
import type { NewToken, sourcesApi, Summary } from '#core/api/sources.ts'
import type { summaryApi } from '#core/api/summary.ts'
import type { unitsApi } from '#core/api/units.ts'
import { mayAct } from './access.ts'
import { callsOf, createTransport, type Call } from '../api/call.ts'
import { codeText, type LanguageCode } from '../i18n/text.svelte.ts'
import { Connection } from '../live/connection.svelte.ts'
import { Feed } from '../live/feed.ts'
import { Health } from '../health/health.svelte.ts'
import type { Command } from './keyboard.ts'
import { Keys } from './keys.svelte.ts'
import { Notices } from './notices.svelte.ts'
import { deployedVersion, Pages } from './pages.svelte.ts'
import { Place } from './place.svelte.ts'
import { Preferences } from './preferences.svelte.ts'
import { unsaved } from '../kit/unsaved.ts'
import { drafts } from '../kit/drafts.ts'
import { Queue } from '../queue/queue.svelte.ts'
import { failureOf, Remote, type Failure } from '../live/remote.svelte.ts'
import { Sources } from '../sources/sources.svelte.ts'
import { Units } from '../units/units.svelte.ts'
import { AlertActs } from '../queue/alert-acts.svelte.ts'

export type ConsoleParts = {
  fetch: typeof globalThis.fetch
  storage: Storage | null
  browser: Window
  now: () => number
}

/** Less than this is rounding and the way of the answer. */
const SKEW_MS = 3_000
/** Nobody waits longer for banner, counts and units than this; then the page stands without them. */
const READY_WITHIN_MS = 400

/** The tables of a part that calls nothing itself. */
export type NoRoutes = Record<never, never>
type OwnApi = typeof alertsApi &
  typeof modelsApi &
  typeof sessionApi &
  typeof sourcesApi &
  typeof summaryApi &
  typeof unitsApi

/**
 * Everything this browser knows, made once by App.svelte and handed to the pages through the context.
 * `A` are the tables of routes that its holder calls.
 */
export class Console<A extends Routes = NoRoutes> {
  /** Calls a route by its name. */
  readonly call: Call<A>
  readonly preferences: Preferences
  readonly place: Place
  readonly pages: Pages
  readonly keys = new Keys()
  /** Live events for pages and panels. */
  readonly feed = new Feed()
  readonly connection: Connection
  readonly notices: Notices
  readonly summary: Remote<Summary>
  readonly units: Units
  readonly sources: Sources
  readonly health: Health
  readonly queue: Queue
  readonly acts: AlertActs
  /** Now, for ages and deadlines; ticks once a second. */
  now = $state(0)
  /** A token made together with its source, on its way to that source's panel; shown once. */
  newToken = $state.raw<NewToken | null>(null)
  /** The command whose key was just pressed and which waits whether more is typed. */
  waitingKey = $state<Command | null>(null)
  session = $state.raw<Session | null>(null)
  /** Name of the identity provider; null without one. */
  oidcName = $state<string | null>(null)
  /** Whether we have asked the server who we are. */
  asked = $state(false)
  sessionFailure = $state.raw<Failure | null>(null)
  /** What the chrome is made of is known, or was waited for: it is drawn once, so that nothing below it moves. */
  ready = $state(false)
  readonly canAct = $derived(this.session !== null && mayAct(this.session.user.role))
  /** Now by the server's clock, milliseconds. */
  readonly clock: () => number
  readonly #call: Call<OwnApi>
  readonly #parts: ConsoleParts
  #aheadMs = 0

  constructor(parts: ConsoleParts) {
    this.#parts = parts
    const now = () => parts.now() + this.#aheadMs
    this.clock = now
    this.now = now()
    const transport = createTransport({
      fetch: parts.fetch,
      onServerTime: (served) => this.#hearTime(served),
      csrf: () => this.session?.csrf ?? '',
      onSignedOut: () => this.forget()
    })
    this.call = callsOf<A>(transport)
    this.#call = callsOf<OwnApi>(transport)
    this.preferences = new Preferences(parts.storage)
    this.place = new Place(parts.browser, unsaved)
    const script = parts.browser.document.querySelector('script[type=module]')?.getAttribute('src') ?? ''
    this.pages = new Pages({
      deployed: () => deployedVersion(parts.fetch, script),
      reload: () => parts.browser.location.reload(),
      now
    })
    this.connection = new Connection(now)
    this.notices = new Notices(now)
    this.summary = new Remote(now, () => this.#call('GET /api/summary'))
    this.units = new Units(now, () => this.#call('GET /api/units'))
    this.sources = new Sources(now, () => this.#call('GET /api/sources'))
    this.health = new Health(() => this.#call('GET /api/health/wall'), now)
    this.queue = new Queue({
      fetch: (filter, cursor, limit) => this.#call('GET /api/alerts', { query: { ...filter, cursor, limit } }),
      me: () => this.session?.user.id ?? '',
      inUnit: (code) => this.units.inScope(code, this.queue.filter.unit),
      now
    })
    this.acts = new AlertActs(
      (body) => this.#call('POST /api/alerts/acts', { body }),
      this.queue,
      this.notices,
      this.feed
    )
  }

  /** Asks the server who we are; a refusal means: sign in. */
  async ask(): Promise<void> {
    try {
      this.enter(await this.#call('GET /api/session'))
    } catch (error) {
      const failure = failureOf(error, this.clock())
      const away = failure.code.startsWith('network.') || failure.code.startsWith('http.5')
      // Whoever is signed in stays so while the server is away: the banner says that, and the page keeps what it has.
      if (!away) this.forget()
      else if (this.session === null) this.sessionFailure = failure
    } finally {
      this.asked = true
    }
  }

  enter(session: Session): void {
    this.session = session
    this.preferences.of(session.user.id)
    drafts.of(session.user.id)
    this.sessionFailure = null
    if (!session.mustChangePassword && !session.mustSetUpTotp) {
      const waited = new Promise((resolve) => setTimeout(resolve, READY_WITHIN_MS))
      void Promise.race([this.loadChrome(), waited]).then(() => (this.ready = this.session !== null))
    }
  }

  /** Asks for what the chrome of every page shows; resolves when its counts and units are there. The wall may come later. */
  async loadChrome(): Promise<void> {
    void this.health.remote.load()
    await Promise.all([this.summary.load(), this.units.remote.load()])
  }

  /** The session goes on under a new cookie; what is shown stays. */
  renew(session: Session): void {
    // While something is still asked for, entering would take its screen away.
    if (this.session !== null) this.session = { ...session, mustSetUpTotp: this.session.mustSetUpTotp }
  }

  /** The session is over: nothing of it stays in memory for the next person at this screen. */
  forget(): void {
    drafts.close()
    this.session = null
    this.ready = false
    this.summary.clear()
    this.units.remote.clear()
    this.sources.remote.clear()
    this.health.remote.clear()
    this.queue.reset()
    this.notices.forget()
    this.newToken = null
  }

  /** Words for anything thrown. */
  wordsOf(error: unknown): string {
    const failure = failureOf(error, this.clock())
    return codeText('error', failure.code, failure.params)
  }

  /** Switches the language; without the network the old one stays, and it is said why. */
  async setLanguage(code: LanguageCode): Promise<void> {
    try {
      await this.preferences.setLanguage(code)
    } catch {
      this.notices.failed(codeText('error', 'network.unreachable'))
    }
  }

  /** Says at the foot of the screen why an act was refused. */
  fail(error: unknown): void {
    this.notices.failed(this.wordsOf(error))
  }

  async signOut(): Promise<void> {
    let location: string | undefined
    try {
      location = (await this.#call('DELETE /api/session'))?.location
    } catch {
      // The cookie may be gone already; either way this browser forgets.
    }
    drafts.drop()
    this.forget()
    // Whoever came through the identity provider leaves through it too.
    if (location !== undefined) return this.#parts.browser.location.assign(location)
    this.place.go('/', true)
  }

  // A desk whose clock is wrong must not show wrong deadlines: the server's clock counts, unless both agree to a few seconds.
  #hearTime(served: number): void {
    const ahead = served - this.#parts.now()
    this.#aheadMs = Math.abs(ahead) > SKEW_MS ? ahead : 0
  }

  /** Once a second. */
  tick(): void {
    this.now = this.clock()
    this.notices.tick()
  }
}
