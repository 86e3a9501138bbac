import { dirname, join, relative } from 'node:path'

const root = import.meta.dirname
const dataPlane = ['collector', 'detector', 'store']
/** What every feature of the browser stands on. */
const webParts = ['format', 'api', 'live', 'kit', 'i18n'].map((part) => `console/web/${part}`)
const product = ['core', 'province', ...dataPlane, 'threads', 'control', 'console/server', 'simulator', 'demonstration']

/**
 * The law of the house (docs/architecture.md): every folder and the folders it may import from, itself always included; type
 * imports count. A longer path is a folder of its own. The data plane and the control plane never name each other:
 * what goes down and up between them are types in core/.
 */
export const folders = {
  core: [],
  province: ['core'],
  collector: ['core', 'province'],
  detector: ['core', 'province'],
  store: ['core', 'province'],
  threads: ['core', 'province', ...dataPlane],
  control: ['core', 'province'],
  'console/server': ['core', 'province', 'control'],
  // The browser: what every feature stands on knows neither shell nor feature; i18n only gathers the features' words.
  'console/web/format': ['core', 'console/web/i18n'],
  'console/web/api': ['core', 'console/web/format', 'console/web/i18n'],
  'console/web/live': ['core', 'console/web/api', 'console/web/i18n'],
  'console/web/kit': ['core', 'console/web/format', 'console/web/i18n', 'console/web/live'],
  'console/web/i18n': ['core', 'console/web', 'console/web/format', 'console/web/kit'],
  'console/web': ['core', ...webParts],
  console: [],
  rules: ['core', 'collector', 'detector', 'cli'],
  simulator: ['core', 'province'],
  demonstration: ['core', 'province', 'control', 'simulator'],
  cli: [...product, 'console', 'bench', 'main.ts'],
  bench: [...product, 'console', 'cli', 'testing', 'main.ts'],
  testing: [...product, 'console', 'cli', 'main.ts'],
  e2e: [...product, 'console', 'console/web', ...webParts, 'rules', 'cli', 'bench', 'testing', 'main.ts'],
  'main.ts': [...product, 'console', 'cli']
}
const names = Object.keys(folders).sort((a, b) => b.length - a.length)

/** The folder of the table that a path below the root belongs to; undefined for the tools at the top. */
export const folderOf = (path) => names.find((name) => path === name || path.startsWith(`${name}/`))

/** Path below the root of what an import of ours names; undefined for packages. */
export function resolveImport(file, specifier) {
  if (specifier === '#sigma-rules-parser') return 'detector/sigma/index.ts'
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? relative(root, join(dirname(file), specifier)) : undefined
}

/** ESLint rule: a file imports only from the folders that its own may know. Tests may use testing/ besides. */
export const folderLaw = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { folder: '{{from}} may import {{allowed}} only, not {{to}} (docs/architecture.md)' }
  },
  create(context) {
    const from = folderOf(relative(root, context.filename))
    if (from === undefined) return {}
    const isTest = /\.(test|citest|testing)\.ts$/.test(context.filename)
    const allowed = [from, ...folders[from], ...(isTest ? ['testing'] : [])]
    function check(node) {
      const specifier = node.source?.value
      if (typeof specifier !== 'string') return
      const path = resolveImport(context.filename, specifier)
      const to = path === undefined ? undefined : folderOf(path)
      if (to !== undefined && !allowed.includes(to))
        context.report({ node, messageId: 'folder', data: { from, allowed: allowed.join(', '), to } })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check
    }
  }
}
