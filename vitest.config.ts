import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The default leaves a core free, which on two cores is half of them.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'node',
          include: ['**/*.test.ts'],
          exclude: ['node_modules/**', 'console/web/**', 'dist-web/**', 'var/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000
        }
      },
      {
        plugins: [svelte()],
        test: {
          name: 'web',
          include: ['console/web/**/*.test.ts'],
          setupFiles: ['console/web/i18n/vietnamese.testing.ts']
        }
      }
    ]
  }
})
