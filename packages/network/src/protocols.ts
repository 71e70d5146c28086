/** The protocols between nodes; a change of a frame gives a new number. */
export const protocols = {
  /** The handshake, and the goodbye at the end; opened by the side that dialled. */
  hello: '/zkstack/hello/1',
  /** Signed consensus messages. */
  consensus: '/zkstack/consensus/1',
  /** Large proposals, in parts. */
  proposals: '/zkstack/proposals/1',
  /** Announcements of the blocks that the sender can serve. */
  blocks: '/zkstack/blocks/1',
  /** Requests for blocks and their answers. */
  getBlocks: '/zkstack/get-blocks/1',
  /** Batches of transactions. */
  transactions: '/zkstack/transactions/1',
  /** Requests for addresses of peers and their answers. */
  peers: '/zkstack/peers/1',
  /** Signed addresses of validators. */
  addresses: '/zkstack/addresses/1',
  /** Votes for the committee of the next epoch. */
  epochs: '/zkstack/epochs/1',
  /** Requests for certificates of epochs and their answers. */
  getEpochs: '/zkstack/get-epochs/1',
  /** Echo of 32 bytes. */
  ping: '/zkstack/ping/1',
} as const

/** All of them. */
export const allProtocols: readonly string[] = Object.values(protocols)

/** Version told in the hello; peers of another one are refused. */
export const PROTOCOL_VERSION = 1
