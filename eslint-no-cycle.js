import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveImport } from './eslint-folders.js'

const root = import.meta.dirname
const importPattern = /^\s*(?:import|export)\s+(?:[^'"]*?\bfrom\s*)?['"]([^'"]+)['"]/gm
const edges = new Map()

/** File an import of ours stands for; undefined for packages. */
function resolveFile(from, specifier) {
  const path = resolveImport(from, specifier)
  return path === undefined ? undefined : join(root, path)
}

/** Files of ours that a file imports, for values or for types. */
function importsOf(file) {
  let found = edges.get(file)
  if (found === undefined) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    found = [...text.matchAll(importPattern)]
      .map((match) => resolveFile(file, match[1]))
      .filter((path) => path?.endsWith('.ts'))
    edges.set(file, found)
  }
  return found
}

/** The way from `start` back to `target`, or undefined. */
function wayBack(start, target) {
  const seen = new Set([start])
  const stack = [[start]]
  while (stack.length > 0) {
    const path = stack.pop()
    for (const next of importsOf(path.at(-1))) {
      if (next === target) return [...path, next]
      if (!seen.has(next)) {
        seen.add(next)
        stack.push([...path, next])
      }
    }
  }
  return undefined
}

/** ESLint rule: no import cycle among our own TypeScript files. */
export const noCycle = {
  meta: { type: 'problem', schema: [], messages: { cycle: 'Import cycle: {{path}}' } },
  create(context) {
    function check(node) {
      const specifier = node.source?.value
      const target = specifier === undefined ? undefined : resolveFile(context.filename, specifier)
      if (target === undefined || !target.endsWith('.ts')) return
      const path = target === context.filename ? [target] : wayBack(target, context.filename)
      if (path)
        context.report({
          node,
          messageId: 'cycle',
          data: { path: path.map((file) => file.slice(root.length + 1)).join(' → ') }
        })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  }
}
