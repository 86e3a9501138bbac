// Marks that turn the direction of text round, join or hide letters, and control characters: with them a log line can
// show another address than it holds. Tab and line feed are left: they are what multi-line evidence looks like.
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu

/** Text of a log as it is shown: what is invisible or would reorder the line is written out, e.g. `\u202e`. */
export function inert(text: string): string {
  return text.replace(hidden, (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}
