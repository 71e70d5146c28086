/** Something that the demo cannot go on without did not come, or ended; its message says what. */
export class DemoError extends Error {
  override readonly name = 'DemoError'
}
