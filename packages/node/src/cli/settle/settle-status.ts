import { errorOf } from '@zkstack/concurrency'
import { settlementClient, type Readiness } from '@zkstack/rpc'
import { networkInfoToJson } from '@zkstack/settlement'
import { exitCodes, UsageError, type CommandArguments, type CommandIo } from '../command.js'
import { ofThisVersion } from '../of-this-version.js'
import { urlOf } from '../url-option.js'

const TIMEOUT_MS = 5_000

/** `zkstack settle status` */
export async function settleStatus(args: CommandArguments, io: CommandIo): Promise<number> {
  const url = urlOf(args)
  const networks = args.positionals.slice(1).map(networkOf)
  let readiness: Readiness
  try {
    readiness = await readinessAt(url, io.signal)
  } catch (e) {
    const { cause, message } = errorOf(e)
    const reason = cause instanceof Error ? cause.message : message
    io.err(`zkstack: no answer from ${url}: ${reason}\n`)
    return exitCodes.unreachable
  }
  const client = settlementClient(url)
  const lines: string[] = []
  for (const networkId of networks) {
    const info = await client.networkInfo(networkId, { signal: io.signal })
    lines.push(
      info.ok
        ? networkInfoToJson(info.value)
        : JSON.stringify({ network_id: networkId, error: info.error.message }),
    )
  }
  if (args.has('json'))
    io.out(`{"readiness":${JSON.stringify(readiness)},"networks":[${lines.join(',')}]}\n`)
  else
    io.out(
      `${ofThisVersion(url, () => textOf(readiness))}${lines.map((line) => `${line}\n`).join('')}`,
    )
  return readiness.ready ? exitCodes.ok : exitCodes.notReady
}

function textOf({ ready, checks }: Readiness): string {
  const rows = checks.map(
    ({ name, problem, note }) => `  ${name.padEnd(10)}${problem ?? note ?? 'good'}\n`,
  )
  return `${ready ? 'ready' : 'not ready'}\n${rows.join('')}`
}

async function readinessAt(url: string, signal: AbortSignal): Promise<Readiness> {
  const response = await fetch(new URL('readyz', url), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    redirect: 'error',
  })
  const answer: unknown = await response.json()
  if (typeof answer === 'object' && answer !== null && 'checks' in answer)
    return answer as Readiness
  throw new Error('the answer is none of a settlement node')
}

function networkOf(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text)
  throw new UsageError(`settle status takes numbers of networks, not '${text}'`)
}
