import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The longest files, longest first: begun last, one of them would leave a core idle at the end. */
const longest = ['cli/process.test.ts', 'control/reports/reports.test.ts', 'e2e/bad-input.test.ts']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(name))
      return found === -1 ? longest.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}

/** Folders whose tests start processes and threads of ours. */
const processes = ['bench', 'cli', 'e2e', 'threads'].map((folder) => `${folder}/**/*.test.ts`)
const elsewhere = ['node_modules/**', 'dist-web/**', 'var/**']
const patience = { testTimeout: 30_000, hookTimeout: 60_000 }
/** What one process or thread of ours has compiled the next one takes up: a start costs half of it. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') }

export default defineConfig({
  test: {
    // The default leaves a core free, which on two cores is half of them.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'node',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, ...processes, 'console/web/**'],
          // Modules of ours keep no state between tests: a worker loads them once for all of its files.
          isolate: false,
          env,
          ...patience
        }
      },
      {
        test: {
          name: 'processes',
          include: processes,
          exclude: elsewhere,
          env,
          ...patience
        }
      },
      {
        plugins: [svelte()],
        test: {
          name: 'web',
          include: ['console/web/**/*.test.ts'],
          setupFiles: ['console/web/i18n/vietnamese.testing.ts'],
          isolate: false
        }
      }
    ]
  }
})
