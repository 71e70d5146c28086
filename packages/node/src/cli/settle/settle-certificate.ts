import { readFile } from 'node:fs/promises'
import { Ctx, ZkStackError } from '@zkstack/concurrency'
import { err, fromHex, hash32, ok, toHex, type Hash32, type Result } from '@zkstack/crypto'
import { parseCertificate } from '@zkstack/pessimistic-proof'
import { settlementClient, type SettlementClient } from '@zkstack/rpc'
import {
  certificateHeaderToJson,
  type CertificateHeader,
  type EndpointError,
} from '@zkstack/settlement'
import { exitCodes, UsageError, type CommandArguments, type CommandIo } from '../command.js'
import { operands } from './settle-config-option.js'
import { urlOf } from '../url-option.js'

/** How often a certificate's status is asked for, in milliseconds. */
const POLL_MS = 500

/** `zkstack settle certificate` */
export async function settleCertificate(args: CommandArguments, io: CommandIo): Promise<number> {
  const client = settlementClient(urlOf(args))
  switch (args.positionals[1]) {
    case 'show':
      return show(client, operands(args, 2, ['<id>'])[0] ?? '', io)
    case 'submit':
      return submit(client, operands(args, 2, ['<file>'])[0] ?? '', { io, waits: args.has('wait') })
    default:
      throw new UsageError('settle certificate takes show <id> or submit <file>')
  }
}

async function show(client: SettlementClient, text: string, io: CommandIo): Promise<number> {
  const bytes = /^0x[0-9a-fA-F]{64}$/.test(text) ? fromHex(text.slice(2)) : undefined
  if (bytes === undefined)
    throw new UsageError(`an id is 0x and 64 hexadecimal digits, not '${text}'`)
  const header = await client.header(hash32(bytes), { signal: io.signal })
  if (!header.ok) return refused(header.error, io)
  if (header.value === undefined) {
    io.err(`zkstack: the node knows no certificate ${text}\n`)
    return exitCodes.failed
  }
  io.out(`${certificateHeaderToJson(header.value)}\n`)
  return exitCodes.ok
}

async function submit(
  client: SettlementClient,
  file: string,
  { io, waits }: { readonly io: CommandIo; readonly waits: boolean },
): Promise<number> {
  const parsed = parseCertificate(await readFile(file, 'utf8'))
  if (!parsed.ok) {
    const { field, message } = parsed.error
    throw new ZkStackError(
      'CERTIFICATE_FILE',
      `${file}: ${field === '' ? '' : `${field}: `}${message}`,
    )
  }
  const accepted = await client.submit(parsed.value, { signal: io.signal })
  if (!accepted.ok) return refused(accepted.error, io)
  if (!waits) {
    io.out(`{"certificate_id":"0x${toHex(accepted.value)}"}\n`)
    return exitCodes.ok
  }
  const ended = await untilEnd(client, accepted.value, io)
  if (!ended.ok) return refused(ended.error, io)
  io.out(`${certificateHeaderToJson(ended.value)}\n`)
  return ended.value.status.type === 'settled' ? exitCodes.ok : exitCodes.failed
}

/** Waits until a certificate is settled or in error, through restarts of the node, unless it is forgotten or nobody may ask. */
async function untilEnd(
  client: SettlementClient,
  id: Hash32,
  io: CommandIo,
): Promise<Result<CertificateHeader, EndpointError>> {
  using ctx = Ctx.root({ signal: io.signal })
  for (;;) {
    const header = await client.header(id, { signal: io.signal })
    if (!header.ok) {
      if (header.error.kind !== 'retry') return header
    } else {
      const { value } = header
      if (value === undefined) {
        const message = `the node took the certificate 0x${toHex(id)}, and knows it no longer`
        return err({ kind: 'fatal', code: 'Forgotten', message })
      }
      if (value.status.type === 'settled' || value.status.type === 'inError') return ok(value)
    }
    await ctx.sleep(POLL_MS)
  }
}

function refused({ code, kind, message }: EndpointError, io: CommandIo): number {
  io.err(`zkstack: ${message} (${code}, ${kind})\n`)
  return code === 'Unreachable' ? exitCodes.unreachable : exitCodes.failed
}
