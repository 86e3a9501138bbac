import globals from 'globals'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import { noCycle } from './eslint-no-cycle.js'

/** Who may import whom: design §2. main.ts, threads/, cli/ and bench/ alone know everybody. */
const parts = ['collector', 'detector', 'store', 'province', 'console', 'threads', 'cli', 'bench']
const allowed = {
  core: [],
  province: [],
  store: ['province'],
  collector: ['store', 'province'],
  detector: ['store', 'province'],
  'console/server': ['store', 'province']
}

/** A folder's ban on every part it may not know, by alias and by relative path. */
function boundary(folder) {
  const own = folder.split('/')[0]
  const banned = parts.filter((part) => part !== own && !allowed[folder].includes(part))
  const patterns = banned.flatMap((part) => [`#${part}/*`, `**/../${part}/*`])
  if (folder !== 'detector' && folder !== 'console/server') patterns.push('#sigma-rules-parser')
  patterns.push('**/main.ts')
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: patterns,
              message: `${folder}/ may import core/${allowed[folder].map((p) => `, ${p}/`).join('')} only (design §2)`
            }
          ]
        }
      ]
    }
  }
}

export default ts.config(
  { ignores: ['node_modules', 'dist-web', 'var', '.svelte-check', '.search-servers'] },
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    plugins: { own: { rules: { 'no-cycle': noCycle } } },
    languageOptions: { globals: globals.node },
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }
      ],
      'own/no-cycle': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'no-empty': 'error'
    }
  },
  { files: ['**/*.test.ts', '**/*.citest.ts'], rules: { 'max-lines': ['error', 600] } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] },
      globals: globals.browser
    },
    rules: { 'svelte/no-at-html-tags': 'error', 'svelte/no-navigation-without-resolve': 'off' }
  },
  ...Object.keys(allowed).map(boundary),
  {
    files: ['console/web/**/*.ts', 'console/web/**/*.svelte'],
    languageOptions: { globals: globals.browser },
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...parts.map((part) => `#${part}/*`), '#sigma-rules-parser', 'node:*'],
              message: 'web/ imports only types and constants of core/ (design §2)'
            }
          ]
        }
      ]
    }
  }
)
