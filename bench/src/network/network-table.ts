import type { networkTables, NetworkFigure } from './figure.js'

const titles: Readonly<Record<(typeof networkTables)[number], string>> = {
  votes:
    'One validator’s votes, each sent when all peers have the one before; beside frames of their size over libp2p without our layer, and over raw TCP. One process, one thread.',
  parts:
    'A vote’s way from send to handled, alone and while a proposal of 16 MiB is under way, from its sender (same line) or from another node to the same receiver; beside streams of libp2p without our layer, where nobody looks at the payload. The heap grows as `zkstack run` lets it, or as V8 does by default. Each node in a process of its own.',
  transactions:
    'Transactions of 250 bytes from one node to another through one connection, each new and offered to a mempool; beside as many bytes in frames of 250 of them. One process, one thread.',
  blocks:
    'Blocks from one node to another through sync, taken unverified and kept in memory; beside as many bytes in frames of 512 KiB, the size of its answers. One process, one thread.',
  sync: 'A node that is so many blocks behind another one, over TCP with LevelDB, each in a process of its own, whose heap grows as `zkstack run` lets it; beside what its store alone takes in of the same blocks in the same run: each when the one before is on disk, as a chain does that grows (median of three: before, between and after), and all at once. *No network*: the same node fetches the blocks from its own memory, so that only verification, store and commits are left. Blocks are signed by a quorum, which changes from block to block where others can be absent.',
  flood:
    'Finality of six validators (Ed25519, no payload) while a peer in a process of low priority floods one of them, beside the same network undisturbed just before and just after. *CPU per block*: time of the processors for all six.',
}

/** One table of the README. */
export function networkTable(
  table: (typeof networkTables)[number],
  figures: readonly NetworkFigure[],
): string {
  const rows = figures.filter((figure) => figure.table === table)
  const heads = Object.keys(rows[0]?.cells ?? {})
  return [
    `**Network: ${table}.** ${titles[table]}`,
    '',
    line(heads),
    line(heads.map(() => '---')),
    ...rows.map(({ cells }) => line(heads.map((head) => cells[head] ?? ''))),
  ].join('\n')
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
