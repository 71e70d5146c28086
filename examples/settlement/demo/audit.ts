import { toHex } from '@zkstack/crypto'
import { ZERO_HASH } from '@zkstack/pessimistic-proof'
import { weiPerUnit } from 'zkstack-example-ledger'
import { ether, showHash, showWei } from './amounts.js'
import { fee, type DemoChain } from './demo-chain.js'
import { realCertificateChecks } from './real-certificates.js'
import { recipient, user } from './scenario.js'
import { until } from './until.js'
import { networks, type World } from './world.js'

const feeInWei = fee * weiPerUnit

/** Compares every balance and root with what it must be, and with L1. */
export async function audit(world: World): Promise<void> {
  const { story, l1, a, b } = world
  const money = (what: string, actual: bigint, expected: bigint): void => {
    story.check(what, { actual, expected }, showWei)
  }
  const onChain = ({ ledger }: DemoChain): bigint =>
    ledger.state.account(user.account).balance * weiPerUnit
  // Two transactions on each chain.
  money("the user's balance on A", onChain(a), 6n * ether - 2n * feeInWei)
  money("the user's balance on B", onChain(b), (5n * ether) / 2n - 2n * feeInWei)
  money('withdrawn on L1', await l1.balance(recipient), (3n * ether) / 2n)
  const supply = (a.ledger.state.supply + b.ledger.state.supply) * weiPerUnit
  money('in the bridge, for A, B and C', await l1.balance(l1.devnet.bridge), supply + ether)
  for (const chain of [a, b]) await auditChain(world, chain)
  const refused = await l1.roots(networks.cheat)
  const none = `0x${toHex(ZERO_HASH)}`
  const pessimistic = { actual: refused.pessimisticRoot, expected: none }
  story.check('pessimistic root of C on L1', pessimistic, showHash)
  const { node, ctx, realCertificates } = world
  const parts = { devnet: l1.devnet, client: node.client }
  for (const { what, ...values } of await realCertificateChecks(parts, realCertificates, ctx))
    story.check(what, values, showHash)
}

async function auditChain({ ctx, story, l1, node }: World, chain: DemoChain): Promise<void> {
  const { name, networkId, ledger } = chain
  const { localExitRoot, pessimisticRoot } = await l1.roots(networkId)
  const info = await node.client.networkInfo(networkId, ctx)
  const settled = info.ok ? info.value.settledPpRoot : undefined
  story.check(
    `local exit root of ${name} on L1`,
    { actual: localExitRoot, expected: hex(ledger.state.bridge?.localExitRoot) },
    showHash,
  )
  story.check(
    `pessimistic root of ${name} on L1`,
    { actual: pessimisticRoot, expected: hex(settled) },
    showHash,
  )
  const roots = await until(ctx, `all validators of ${name} have the newest block`, async () => {
    const all = await chain.stateRoots()
    return all.every((root) => root !== undefined) && all
  })
  const different = BigInt(new Set(roots).size)
  story.check(`state roots of ${name}'s validators that differ from the first`, {
    actual: different - 1n,
    expected: 0n,
  })
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? 'none' : `0x${toHex(bytes)}`
}
