import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Addresses from the range that RFC 2544 sets aside for tests of networks. */
const DATA = '198.18.0'
const CONTROL = '198.19.0'

/** Where the nodes of a soak are. */
export interface SoakNetwork extends AsyncDisposable {
  /** In words, for the report. */
  readonly description: string
  readonly canCut: boolean
  /** What the command line is told: where nodes listen, and where peers dial. */
  readonly host: string
  readonly peerHost: string
  /** The address of a node's status server, as seen from here. */
  statusHost(node: number): string
  /** The command that runs a program where the node is. */
  inside(node: number, program: readonly string[]): readonly string[]
  /** Lets no packet pass between these nodes and the others; without any, all reach each other. */
  cut(apart: readonly number[]): Promise<void>
}

/** All nodes on 127.0.0.1. */
export function oneNetwork(reason: string): SoakNetwork {
  return {
    description: `one network, 127.0.0.1, no cuts: ${reason}`,
    canCut: false,
    host: '127.0.0.1',
    peerHost: '127.0.0.1',
    statusHost: () => '127.0.0.1',
    inside: (_, program) => program,
    cut: () => Promise.reject(new Error('one network cannot be cut')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/**
 * A network namespace a node, each with a cable to one of two switches: nodes on different ones do not reach each other, and
 * nobody is told. A second cable leads here alone, for the status servers.
 *
 * @throws Error without the rights or the program to make them; nothing is left then.
 */
export async function namespaces(nodes: number, tag: string): Promise<SoakNetwork> {
  const lab = new Namespaces(nodes, tag)
  try {
    await lab.build()
  } catch (error) {
    await lab[Symbol.asyncDispose]()
    throw error
  }
  return lab
}

class Namespaces implements SoakNetwork {
  readonly description =
    'a network namespace a node, cables (veth) to two switches (bridges); a cut moves cables to the other switch, so packets vanish'
  readonly canCut = true
  readonly host = '0.0.0.0'
  readonly peerHost = `${DATA}.{number}`
  readonly #nodes: number
  readonly #tag: string

  constructor(nodes: number, tag: string) {
    this.#nodes = nodes
    this.#tag = tag
  }

  async build(): Promise<void> {
    for (const bridge of this.#bridges) {
      await ip('link', 'add', bridge, 'type', 'bridge')
      await ip('link', 'set', bridge, 'up')
    }
    await ip('address', 'add', `${CONTROL}.254/24`, 'dev', this.#control)
    for (let node = 0; node < this.#nodes; node++) await this.#addNode(node)
  }

  statusHost(node: number): string {
    return `${CONTROL}.${node + 1}`
  }

  inside(node: number, program: readonly string[]): readonly string[] {
    return ['nsenter', `--net=/run/netns/${this.#namespace(node)}`, ...program]
  }

  async cut(apart: readonly number[]): Promise<void> {
    for (let node = 0; node < this.#nodes; node++) {
      const bridge = apart.includes(node) ? this.#other : this.#usual
      await ip('link', 'set', this.#cable(node), 'master', bridge)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = (): undefined => undefined
    for (let node = 0; node < this.#nodes; node++)
      await ip('netns', 'delete', this.#namespace(node)).catch(gone)
    for (const bridge of this.#bridges) await ip('link', 'delete', bridge).catch(gone)
  }

  async #addNode(node: number): Promise<void> {
    const namespace = this.#namespace(node)
    await ip('netns', 'add', namespace)
    await ip('-n', namespace, 'link', 'set', 'lo', 'up')
    await this.#plug(node, { cable: this.#cable(node), bridge: this.#usual, network: DATA })
    const control = `${this.#tag}c${node + 1}`
    await this.#plug(node, { cable: control, bridge: this.#control, network: CONTROL })
    // Nodes reach us by it, and not each other.
    await ip('link', 'set', control, 'type', 'bridge_slave', 'isolated', 'on')
  }

  async #plug(
    node: number,
    o: { readonly cable: string; readonly bridge: string; readonly network: string },
  ): Promise<void> {
    const namespace = this.#namespace(node)
    const inner = o.network === DATA ? 'eth0' : 'eth1'
    const peer = ['type', 'veth', 'peer', 'name', inner, 'netns', namespace]
    await ip('link', 'add', o.cable, ...peer)
    await ip('link', 'set', o.cable, 'master', o.bridge, 'up')
    const address = `${o.network}.${node + 1}/24`
    await ip('-n', namespace, 'address', 'add', address, 'dev', inner)
    await ip('-n', namespace, 'link', 'set', inner, 'up')
  }

  get #usual(): string {
    return `${this.#tag}a`
  }

  get #other(): string {
    return `${this.#tag}b`
  }

  get #control(): string {
    return `${this.#tag}c`
  }

  get #bridges(): readonly string[] {
    return [this.#usual, this.#other, this.#control]
  }

  #namespace(node: number): string {
    return `${this.#tag}-v${node + 1}`
  }

  #cable(node: number): string {
    return `${this.#tag}v${node + 1}`
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args)
}
