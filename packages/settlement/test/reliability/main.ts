// Tries what can go wrong with a settlement node, counts it, and prints what was lost.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '@zkstack/concurrency'
import { loadCryptoBackends } from '@zkstack/crypto'
import { certificateChain } from '../../testing/index.js'
import { addressesToText } from '../helpers/engine-on-l1.js'
import { startL1World } from '../helpers/l1-world.js'
import { buildSettlementProcess, runSettlement } from '../integration/settlement-child.js'
import { killedProcesses } from './killed-processes.js'
import { malformedCertificates } from './malformed-certificates.js'
import { rpcFaults } from './rpc-faults.js'
import { simulatedKills } from './simulated-kills.js'
import { tallyTable, type Tally } from './tally.js'

const help = `npm run reliability -- [options]
  --kills N      SIGKILLs of a process on a real L1 (default 14)
  --faulty N     certificates that settle through a bad endpoint (default 12)
  --changes N    changed certificates (default 20000)
  --short        no second kill after each simulated one
  --seed TEXT    default: a new one, which is printed
`

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '14' },
    faulty: { type: 'string', default: '12' },
    changes: { type: 'string', default: '20000' },
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    help: { type: 'boolean', default: false },
  },
})

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function onL1(tallies: Tally[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'settlement-'))
  await using world = await startL1World()
  const program = await buildSettlementProcess(folder)
  say('RPC faults …')
  const random = seededRandom(values.seed)
  const certificates = Number(values.faulty)
  tallies.push(await rpcFaults(world, { networkId: 20, certificates, random }))
  const place = { networkId: 21, certificates: 4, path: join(folder, 'db') }
  await world.addNetwork(place.networkId, certificateChain(place.networkId, place.certificates))
  await world.anvil.request('evm_setAutomine', [false])
  const mining = setInterval(() => void world.anvil.mine().catch(() => undefined), 60)
  try {
    const addresses = addressesToText(world.devnet.addresses)
    const start = () => runSettlement({ ...place, program, url: world.anvil.url, addresses })
    const onKill = (kills: number) => {
      say(`SIGKILL ${kills} of ${values.kills}`)
    }
    const o = { kills: Number(values.kills), random, onKill }
    tallies.push(await killedProcesses(world, { ...place, start }, o))
  } finally {
    clearInterval(mining)
    await rm(folder, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  if (values.help) {
    say(help)
    return 0
  }
  await loadCryptoBackends()
  say(`seed ${values.seed}\nmalformed certificates …`)
  const changes = Number(values.changes)
  const random = seededRandom(values.seed)
  const tallies: Tally[] = [await malformedCertificates({ changes, random })]
  say('kills in the simulation …')
  tallies.push(await simulatedKills({ certificates: 2, pairs: !values.short }))
  await onL1(tallies)
  say(`\n${tallyTable(tallies)}`)
  const wrong = tallies.flatMap((tally) => tally.wrong)
  for (const problem of wrong) say(`WRONG: ${problem}`)
  return wrong.length > 0 || tallies.some(({ lost }) => lost > 0) ? 1 : 0
}

process.exitCode = await main()
