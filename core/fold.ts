/** Text as it is searched: NFD, combining marks dropped, đ → d, lower-case, spaces collapsed. NFD does not split đ. */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
}
