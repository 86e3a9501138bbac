/** Lines of a text field as a list: without empty ones, at most `max`. */
export const linesOf = (text: string, max = Infinity): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, max)
