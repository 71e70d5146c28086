const levels = 4
const width = 160
const height = 84

/** Where node `index` of a level stands. */
function place(level: number, index: number): { x: number; y: number } {
  return { x: ((index + 0.5) * width) / 2 ** level, y: 10 + (level * (height - 20)) / (levels - 1) }
}

/** A small tree as SVG, its nodes coloured by the bytes of a root; grey without a root, for an empty tree. */
export function rootPicture(root: Uint8Array | undefined): string {
  const edges: string[] = []
  const nodes: string[] = []
  for (let level = 0; level < levels; level++) {
    for (let index = 0; index < 2 ** level; index++) {
      const { x, y } = place(level, index)
      const isLeaf = level === levels - 1
      if (level > 0) {
        const above = place(level - 1, index >> 1)
        edges.push(`M${above.x} ${above.y}L${x} ${y}`)
      }
      const colour = root === undefined ? '#9aa5b1' : colourOf(root, isLeaf ? index : 8 + level)
      nodes.push(`<circle cx="${x}" cy="${y}" r="${isLeaf ? 8 : 6}" fill="${colour}"/>`)
    }
  }
  const line = '<path d="' + edges.join('') + '" stroke="#8792a0" stroke-width="1.5" fill="none"/>'
  return `<svg viewBox="0 0 ${width} ${height}" aria-hidden="true">${line}${nodes.join('')}</svg>`
}

/** A colour that is readable on light and on dark, by two bytes of the root. */
function colourOf(root: Uint8Array, at: number): string {
  const hue = Math.round(((root[(2 * at) % root.length] ?? 0) * 360) / 256)
  const lightness = 42 + ((root[(2 * at + 1) % root.length] ?? 0) % 5) * 5
  return `hsl(${hue} 62% ${lightness}%)`
}
