import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
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
        test: { name: 'web', include: ['console/web/**/*.test.ts'] }
      }
    ]
  }
})
