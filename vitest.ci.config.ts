import { defineConfig } from 'vitest/config'

/** What needs more than npm: a browser, real senders, a real Elasticsearch. Run by `.ci/run`, one file after the other. */
export default defineConfig({
  test: {
    include: ['**/*.citest.ts'],
    exclude: ['node_modules/**', 'dist-web/**', 'var/**'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000
  }
})
