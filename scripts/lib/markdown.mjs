/**
 * The first block of TypeScript in a Markdown text.
 *
 * @param {string} text
 * @returns {string | undefined} undefined when there is none
 */
export function firstExample(text) {
  return /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1]
}
