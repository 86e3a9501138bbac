import ts from 'typescript'

/*
 * Works out which texts an expression of the source can be, without running it: literals, templates, constants of the
 * module and of imported ones, lists that are pushed to and joined, small functions, and the arguments of every call
 * where a parameter stands. Where the source chooses (`a ? b : c`, a union of literals, `table[key]`), it is worked out
 * once for every choice; the same choice holds wherever the same expression stands again in one text.
 */

type Value = string | number | readonly Thunk[] | { fields: ReadonlyMap<string, Thunk> }
type Thunk = () => Value
type Bound = ReadonlyMap<ts.Symbol, Thunk>
type Callable = ts.ArrowFunction | ts.FunctionDeclaration | ts.MethodDeclaration

/** More texts of one expression than this are not worked out but guessed. */
const MAX_TEXTS = 512

/** Thrown where the source cannot be followed; names the expression. */
export class Unresolved extends Error {}

/** Thrown inside for a parameter that nothing is bound to yet. */
class Unbound extends Error {
  readonly owner: ts.SignatureDeclaration
  constructor(name: string, owner: ts.SignatureDeclaration) {
    super(`nothing here calls the function of the parameter ${name}`)
    this.owner = owner
  }
}

/** A call whose arguments stand for the parameters of its function. */
type Entry = { owner: ts.SignatureDeclaration; call: ts.CallExpression }

/** Every text that this expression can be. Throws {@link Unresolved}. */
export function textsOf(expression: ts.Expression, checker: ts.TypeChecker): string[] {
  const texts = new Set<string>()
  const waiting: Entry[][] = [[]]
  for (let entries = waiting.pop(); entries !== undefined; entries = waiting.pop()) {
    try {
      for (const text of everyText(expression, entries, checker)) texts.add(text)
    } catch (error) {
      if (!(error instanceof Unbound)) throw error
      const { owner } = error
      const calls = callsOf(owner, checker)
      if (calls.length === 0) throw new Unresolved(error.message)
      for (const call of calls) waiting.push([...entries, { owner, call }])
    }
    if (texts.size + waiting.length > MAX_TEXTS) throw new Unresolved(`more than ${MAX_TEXTS} texts`)
  }
  return [...texts]
}

/** The texts under one binding of parameters: the choices are gone through like the digits of a number. */
function everyText(expression: ts.Expression, entries: readonly Entry[], checker: ts.TypeChecker): string[] {
  const texts: string[] = []
  const choices = new Map<ts.Node, { at: number; of: number }>()
  for (;;) {
    const evaluator = new Evaluator(checker, choices)
    const bound = new Map<ts.Symbol, Thunk>()
    for (const { owner, call } of entries) {
      const args = call.arguments.map(
        (argument): Thunk =>
          () =>
            evaluator.evaluate(argument, bound)
      )
      for (const [symbol, given] of evaluator.bind(owner.parameters, args)) bound.set(symbol, given)
    }
    texts.push(evaluator.plain(evaluator.evaluate(expression, bound), expression))
    if (texts.length > MAX_TEXTS) throw new Unresolved(`more than ${MAX_TEXTS} texts`)
    const nodes = [...choices.keys()]
    const next = [...choices].findLastIndex(([, { at, of }]) => at + 1 < of)
    const node = nodes[next]
    const choice = node && choices.get(node)
    if (node === undefined || choice === undefined) return texts
    for (const later of nodes.slice(next + 1)) choices.delete(later)
    choices.set(node, { ...choice, at: choice.at + 1 })
  }
}

/** Calls of a function, or of a method, in its own file. */
function callsOf(owner: ts.SignatureDeclaration, checker: ts.TypeChecker): ts.CallExpression[] {
  const name = ts.isArrowFunction(owner) && ts.isVariableDeclaration(owner.parent) ? owner.parent.name : owner.name
  const found: ts.CallExpression[] = []
  if (name === undefined) return found
  const wanted = checker.getSymbolAtLocation(name)
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const callee = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression
      if (callee.getText() === name.getText() && checker.getSymbolAtLocation(callee) === wanted) found.push(node)
    }
    ts.forEachChild(node, visit)
  }
  visit(owner.getSourceFile())
  return found
}

const fail = (node: ts.Node): never => {
  throw new Unresolved(`cannot follow ${node.getText().replace(/\s+/g, ' ').slice(0, 80)}`)
}
const asList = (value: Value, node: ts.Node): readonly Thunk[] => (Array.isArray(value) ? value : fail(node))

/** Evaluates expressions under one set of choices, which it adds to when it meets a new one. */
class Evaluator {
  readonly #checker: ts.TypeChecker
  readonly #choices: Map<ts.Node, { at: number; of: number }>

  constructor(checker: ts.TypeChecker, choices: Map<ts.Node, { at: number; of: number }>) {
    this.#checker = checker
    this.#choices = choices
  }

  plain(value: Value, node: ts.Node): string {
    return typeof value === 'object' ? fail(node) : String(value)
  }

  bind(parameters: readonly ts.ParameterDeclaration[], args: readonly Thunk[]): Map<ts.Symbol, Thunk> {
    const bound = new Map<ts.Symbol, Thunk>()
    for (const [index, parameter] of parameters.entries()) {
      const symbol = this.#checker.getSymbolAtLocation(parameter.name)
      const { initializer } = parameter
      const given = args[index] ?? (initializer && (() => this.evaluate(initializer, new Map())))
      if (symbol !== undefined && given !== undefined) bound.set(symbol, given)
    }
    return bound
  }

  evaluate(node: ts.Expression, bound: Bound): Value {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      return this.evaluate(node.expression, bound)
    if (ts.isStringLiteralLike(node)) return node.text
    const symbol = ts.isIdentifier(node) ? this.#symbolOf(node) : undefined
    const given = symbol && bound.get(symbol)
    if (given !== undefined) return given()
    const literal = this.#literal(node, symbol)
    if (literal !== undefined) return literal
    if (symbol !== undefined) return this.#declared(symbol, bound, node)
    if (ts.isTemplateExpression(node)) {
      const spans = node.templateSpans.map(
        (span) => this.plain(this.evaluate(span.expression, bound), span.expression) + span.literal.text
      )
      return node.head.text + spans.join('')
    }
    if (ts.isConditionalExpression(node))
      return this.evaluate(this.#choose(node, [node.whenTrue, node.whenFalse]), bound)
    if (ts.isArrayLiteralExpression(node)) return this.#array(node, bound)
    if (ts.isObjectLiteralExpression(node)) {
      const fields = node.properties
        .filter(ts.isPropertyAssignment)
        .map((property): [string, Thunk] => [property.name.getText(), () => this.evaluate(property.initializer, bound)])
      return { fields: new Map(fields) }
    }
    if (ts.isElementAccessExpression(node)) {
      const table = this.evaluate(node.expression, bound)
      if (typeof table !== 'object' || !('fields' in table)) return fail(node)
      return this.#choose(node, [...table.fields.values()])()
    }
    if (ts.isBinaryExpression(node)) return this.#binary(node, bound)
    if (ts.isCallExpression(node)) return this.#call(node, bound)
    return fail(node)
  }

  #choose<T>(node: ts.Node, options: readonly T[]): T {
    const choice = this.#choices.get(node) ?? { at: 0, of: options.length }
    this.#choices.set(node, choice)
    return options[choice.at] ?? fail(node)
  }

  #symbolOf(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.#checker.getSymbolAtLocation(node)
    return symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol
  }

  /** What the type says already: one literal, or one of a few. */
  #literal(node: ts.Expression, symbol: ts.Symbol | undefined): Value | undefined {
    const type = this.#checker.getTypeAtLocation(node)
    const values: (string | number)[] = []
    for (const member of type.isUnion() ? type.types : [type]) {
      if (!member.isStringLiteral() && !member.isNumberLiteral()) return undefined
      values.push(member.value)
    }
    if (values.length === 0) return undefined
    return values.length === 1 ? values[0] : this.#choose(symbol?.valueDeclaration ?? node, values)
  }

  #declared(symbol: ts.Symbol, bound: Bound, node: ts.Node): Value {
    const declaration = symbol.valueDeclaration
    if (declaration === undefined) return fail(node)
    if (ts.isParameter(declaration)) throw new Unbound(symbol.name, declaration.parent)
    if (ts.isBindingElement(declaration)) return this.#binding(declaration, bound)
    if (!ts.isVariableDeclaration(declaration)) return fail(node)
    const loop = declaration.parent.parent
    if (ts.isForOfStatement(loop))
      return this.#choose(declaration, asList(this.evaluate(loop.expression, bound), node))()
    if (declaration.initializer === undefined) return fail(node)
    const value = this.evaluate(declaration.initializer, bound)
    if (!Array.isArray(value)) return value
    const pushed = this.#pushes(symbol, declaration.getSourceFile())
    return [
      ...asList(value, node),
      ...pushed.map(
        (more): Thunk =>
          () =>
            this.evaluate(more, bound)
      )
    ]
  }

  /** A list may be pushed to after it was made; all that is ever pushed belongs to it. */
  #pushes(symbol: ts.Symbol, file: ts.SourceFile): ts.Expression[] {
    const found: ts.Expression[] = []
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        node.expression.name.text === 'push' &&
        node.expression.expression.getText() === symbol.name &&
        this.#symbolOf(node.expression.expression) === symbol
      )
        found.push(...node.arguments)
      ts.forEachChild(node, visit)
    }
    visit(file)
    return found
  }

  /** `const [a] = list` and `const { a } = object`. */
  #binding(element: ts.BindingElement, bound: Bound): Value {
    const holder = element.parent.parent
    if (!ts.isVariableDeclaration(holder) || holder.initializer === undefined) return fail(element)
    const value = this.evaluate(holder.initializer, bound)
    if (ts.isArrayBindingPattern(element.parent)) {
      const part = asList(value, element)[element.parent.elements.indexOf(element)]
      return part === undefined ? fail(element) : part()
    }
    if (typeof value !== 'object' || !('fields' in value)) return fail(element)
    const part = value.fields.get((element.propertyName ?? element.name).getText())
    return part === undefined ? fail(element) : part()
  }

  #array(node: ts.ArrayLiteralExpression, bound: Bound): Value {
    return node.elements.flatMap((element): readonly Thunk[] =>
      ts.isSpreadElement(element)
        ? asList(this.evaluate(element.expression, bound), element)
        : [() => this.evaluate(element, bound)]
    )
  }

  #binary(node: ts.BinaryExpression, bound: Bound): Value {
    const [left, right] = [this.evaluate(node.left, bound), this.evaluate(node.right, bound)]
    if (node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) return Number(left) * Number(right)
    if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return fail(node)
    if (typeof left === 'number' && typeof right === 'number') return left + right
    return this.plain(left, node.left) + this.plain(right, node.right)
  }

  #call(node: ts.CallExpression, bound: Bound): Value {
    const { expression: callee, arguments: args } = node
    if (!ts.isPropertyAccessExpression(callee)) {
      const declaration = this.#symbolOf(callee)?.valueDeclaration
      const made = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration
      if (made === undefined || !(ts.isArrowFunction(made) || ts.isFunctionDeclaration(made))) return fail(node)
      return this.#applied(
        made,
        bound,
        args.map(
          (argument): Thunk =>
            () =>
              this.evaluate(argument, bound)
        )
      )
    }
    const [first] = args
    if (first === undefined) return fail(node)
    if (callee.getText() === 'Object.keys') {
      const properties = this.#checker.getPropertiesOfType(this.#checker.getTypeAtLocation(first))
      return properties.map(
        ({ name }): Thunk =>
          () =>
            name
      )
    }
    const list = asList(this.evaluate(callee.expression, bound), callee)
    if (callee.name.text === 'join') {
      const between = this.plain(this.evaluate(first, bound), first)
      return list.map((part) => this.plain(part(), callee)).join(between)
    }
    if (callee.name.text === 'map' && ts.isArrowFunction(first))
      return list.map(
        (part): Thunk =>
          () =>
            this.#applied(first, bound, [part])
      )
    return fail(node)
  }

  /** What a function of constants and one `return` gives. */
  #applied(made: Callable, bound: Bound, args: readonly Thunk[]): Value {
    const { body } = made
    const returned = body && ts.isBlock(body) ? body.statements.find(ts.isReturnStatement)?.expression : body
    if (returned === undefined) return fail(made)
    return this.evaluate(returned, new Map([...bound, ...this.bind(made.parameters, args)]))
  }
}
