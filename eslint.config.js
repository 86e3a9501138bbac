import globals from 'globals'
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import { folderLaw } from './eslint-folders.js'
import { foreignKeys } from './eslint-foreign-keys.js'
import { noCycle } from './eslint-no-cycle.js'

export default ts.config(
  { ignores: ['node_modules', 'dist-web', 'var', '.svelte-check', '.search-servers'] },
  ts.configs.recommended,
  svelte.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte'],
    plugins: { own: { rules: { 'no-cycle': noCycle, folders: folderLaw, 'foreign-keys': foreignKeys } } },
    languageOptions: { globals: globals.node },
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }
      ],
      'own/no-cycle': 'error',
      'own/folders': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
      'no-empty': 'error'
    }
  },
  {
    files: [
      'collector/**/*.ts',
      'console/server/**/*.ts',
      'control/**/*.ts',
      'store/**/*.ts',
      'detector/**/*.ts',
      'threads/**/*.ts',
      'core/**/*.ts'
    ],
    ignores: ['**/*.test.ts', '**/*.testing.ts', '**/*.citest.ts'],
    rules: { 'own/foreign-keys': 'error' }
  },
  {
    files: ['**/*.test.ts', '**/*.citest.ts'],
    // A `describe` is one function that holds its tests.
    rules: { 'max-lines': ['error', 600], 'max-lines-per-function': 'off' }
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] },
      globals: globals.browser
    },
    rules: { 'svelte/no-at-html-tags': 'error', 'svelte/no-navigation-without-resolve': 'off' }
  },
  {
    files: ['console/web/**/*.ts', 'console/web/**/*.svelte'],
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:', message: 'web/ runs in a browser' },
            // Values of core/api bring TypeBox and every schema into the browser; constants stand in core/ without it.
            { regex: '^#core/api/', allowTypeImports: true, message: 'web/ takes types alone from core/api' }
          ]
        }
      ],
      // `import { type X }` leaves an import of the whole module behind.
      '@typescript-eslint/no-import-type-side-effects': 'error'
    }
  }
)
