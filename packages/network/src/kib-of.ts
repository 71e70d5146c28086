/** The size of a frame in KiB, by which what a peer sends or gets is charged; a part counts as a whole. */
export function kibOf(frame: { readonly length: number }): number {
  return Math.ceil(frame.length / 1024)
}
