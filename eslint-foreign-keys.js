import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { resolveImport } from './eslint-folders.js'

const root = import.meta.dirname
/** File → names of the tables it exports: all plain objects, and those that answer to any text. */
const exported = new Map()

const exportedTable = /^export const (\w+)(?:: ([^=\n]+))? = (?:Object\.freeze\()?\{(.)/gms
const anyText = /^(?:Readonly<\s*)?(?:Partial<\s*)?(?:Record<\s*string\b|\{\s*(?:readonly )?\[\s*\w+\s*:)/

/** Tables that a file of ours exports. */
function tablesOf(file) {
  let tables = exported.get(file)
  if (tables === undefined) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    tables = new Map(
      [...text.matchAll(exportedTable)]
        .filter(([, , , next]) => next !== '}')
        .map(([, name, type = '']) => [name, anyText.test(type)])
    )
    exported.set(file, tables)
  }
  return tables
}

/** The value under `as`, `satisfies`, `!` and Object.freeze. */
function bare(node) {
  if (['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'].includes(node?.type)) {
    return bare(node.expression)
  }
  const frozen =
    node?.type === 'CallExpression' &&
    node.callee.type === 'MemberExpression' &&
    node.callee.object.name === 'Object' &&
    node.callee.property.name === 'freeze'
  return frozen ? bare(node.arguments[0]) : node
}

/** An object literal that says something and inherits from Object.prototype. */
function isPlainTable(node) {
  if (node?.type !== 'ObjectExpression' || node.properties.length === 0) return false
  return !node.properties.some(({ key, value }) => key?.name === '__proto__' && value.value === null)
}

/** The variable that a name stands for, looked up outwards. */
function variableOf(scope, name) {
  for (let at = scope; at !== null; at = at.upper) {
    const found = at.set.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

/** `word as keyof typeof table`: a text that the compiler was told to believe. */
const isBelieved = (node, text) => node.type === 'TSAsExpression' && /\bkeyof\b/.test(text)

const isWritten = (node) =>
  node.type === 'Literal' ||
  (node.type === 'TemplateLiteral' && node.expressions.length === 0) ||
  (node.type === 'ConditionalExpression' && isWritten(node.consequent) && isWritten(node.alternate))

/**
 * ESLint rule: no plain object is looked up with foreign text. `table[word]` and `word in table` also answer for what every object
 * inherits ("constructor", "__proto__"): a Map is asked instead, or `Object.hasOwn(table, word)` first, in the same function.
 * The compiler already refuses a text as key of a table whose keys are a union; what is left are tables typed to answer to any
 * text (`Record<string, …>`, an index signature), texts cast to `keyof`, and `in`.
 */
export const foreignKeys = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      foreign: '{{table}} is a plain object: ask a Map, or Object.hasOwn({{table}}, …) in the same function first'
    }
  },
  create(context) {
    const { sourceCode } = context

    /** `plain` for a table with keys the compiler knows, `open` for one that answers to any text; undefined for anything else. */
    function kindOf(node) {
      if (isPlainTable(bare(node))) return 'plain'
      if (node.type !== 'Identifier') return undefined
      const variable = variableOf(sourceCode.getScope(node), node.name)
      const definition = variable?.defs[0]
      if (definition?.type === 'ImportBinding') {
        const path = resolveImport(context.filename, definition.parent.source.value)
        const open = path === undefined ? undefined : tablesOf(join(root, path)).get(definition.node.imported?.name)
        return open === undefined ? undefined : open ? 'open' : 'plain'
      }
      if (definition?.type !== 'Variable' || definition.parent.kind !== 'const') return undefined
      const { id, init } = definition.node
      if (!isPlainTable(bare(init))) return undefined
      const type = id.typeAnnotation ?? (init.type === 'TSAsExpression' ? init : undefined)
      const written = type === undefined ? '' : sourceCode.getText(type.typeAnnotation)
      return anyText.test(written) ? 'open' : 'plain'
    }

    /** True when the function around asks whose word it is. */
    function isGuarded(node, name) {
      let around = node
      while (around.parent && !/Function/.test(around.type)) around = around.parent
      return new RegExp(`Object\\.hasOwn\\(\\s*${name}\\b`).test(sourceCode.getText(around))
    }

    function report(node, table) {
      const name = table.type === 'Identifier' ? table.name : 'this'
      if (!isGuarded(node, name)) context.report({ node, messageId: 'foreign', data: { table: name } })
    }

    return {
      MemberExpression(node) {
        const { object, property } = node
        // What is written under a word is another matter: nothing is answered.
        const written = node.parent.type === 'AssignmentExpression' && node.parent.left === node
        if (!node.computed || isWritten(property) || written) return
        const kind = kindOf(object)
        const literal = object.type === 'ObjectExpression'
        const believed = isBelieved(property, sourceCode.getText(property))
        if (kind === 'open' || (kind === 'plain' && (literal || believed))) report(node, object)
      },
      BinaryExpression(node) {
        if (node.operator === 'in' && !isWritten(node.left) && kindOf(node.right) !== undefined)
          report(node, node.right)
      }
    }
  }
}
