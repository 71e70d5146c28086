import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromHex, toHex } from '@zkstack/crypto'
import {
  address,
  certificateId,
  declaredL1InfoRoot,
  l1InfoTreeLeafCount,
  parseCertificate,
  type CallOptions,
  type Certificate,
  type NetworkId,
} from '@zkstack/pessimistic-proof'
import type { SettlementClient } from '@zkstack/rpc'
import { rollupManagerAbi, type CertificateHeader } from '@zkstack/settlement'
import type { Devnet } from '@zkstack/settlement/testing'

/** A certificate that a public network has settled, and what is known of it. */
export interface RealCertificate {
  readonly network: NetworkId
  /** As it lies in its file. */
  readonly text: string
  readonly certificate: Certificate
  /** Hexadecimal, as all digests here. */
  readonly id: string
  readonly signer: string
  readonly newLocalExitRoot: string
}

/** Something that must be so. */
export interface RealCertificateCheck {
  readonly what: string
  readonly actual: string
  readonly expected: string
}

/** A row of `cert-chain-expected.json`. */
interface Row {
  readonly file: string
  readonly network: number
  readonly certificate_id: string
  readonly signer_v2: string
  readonly new_ler: string
}

/**
 * Reads certificates in the order in which they settled.
 * @param folder has `cert-chain-expected.json`, and the certificates it names in `certificates/`
 */
export async function readRealCertificates(folder: URL): Promise<readonly RealCertificate[]> {
  const load = (name: string): Promise<string> => readFile(new URL(name, folder), 'utf8')
  const rows = JSON.parse(await load('cert-chain-expected.json')) as readonly Row[]
  return Promise.all(
    rows.map(async ({ file, network, certificate_id: id, signer_v2: signer, new_ler }) => {
      const text = await load(`certificates/${file}.json`)
      const parsed = parseCertificate(text)
      if (!parsed.ok) throw new Error(`${file}: ${parsed.error.message}`)
      const { value: certificate } = parsed
      return { network, text, certificate, id, signer, newLocalExitRoot: new_ler }
    }),
  )
}

/** Makes a local L1 know the networks, who vouches for them, and the roots of the real L1 that the certificates name. */
export async function registerRealCertificates(
  devnet: Devnet,
  certificates: readonly RealCertificate[],
): Promise<void> {
  for (const [networkId, own] of byNetwork(certificates)) {
    const signer = fromHex(own[0].signer.slice(2)) ?? new Uint8Array(0)
    await devnet.addChain({ networkId, trustedSequencer: address(signer) })
  }
  for (const { certificate } of certificates) {
    const leafCount = l1InfoTreeLeafCount(certificate)
    const root = declaredL1InfoRoot(certificate)
    if (leafCount !== undefined && root.ok && root.value !== undefined)
      await devnet.setL1InfoRoot(leafCount, root.value)
  }
}

/** Posts a certificate to a settlement node as any client would. @returns the answer */
export async function postCertificate(rpc: string, { text }: RealCertificate): Promise<unknown> {
  const response = await fetch(`${rpc}/json-rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"jsonrpc":"2.0","id":1,"method":"interop_sendCertificate","params":[${text}]}`,
  })
  return response.json()
}

/** Waits until a certificate is settled; a node that does not answer is asked again. @throws Error when it failed */
export async function untilSettled(
  client: SettlementClient,
  { certificate }: RealCertificate,
  o: CallOptions,
): Promise<CertificateHeader> {
  const id = certificateId(certificate)
  for (;;) {
    const header = await client.header(id, o)
    const status = header.ok ? header.value?.status : undefined
    if (header.ok && header.value !== undefined && status?.type === 'settled') return header.value
    if (status?.type === 'inError') throw new Error(`${toHex(id)}: ${status.error.message}`)
    await sleep(50, undefined, { signal: o.signal })
  }
}

/** What L1 and the settlement node have once all certificates are settled, and should have. */
export async function realCertificateChecks(
  { devnet, client }: { readonly devnet: Devnet; readonly client: SettlementClient },
  certificates: readonly RealCertificate[],
  o: CallOptions,
): Promise<readonly RealCertificateCheck[]> {
  const checks: RealCertificateCheck[] = []
  for (const [networkId, own] of byNetwork(certificates)) {
    const rollup = await devnet.client.readContract({
      address: `0x${toHex(devnet.addresses.rollupManager)}`,
      abi: rollupManagerAbi,
      functionName: 'rollupIDToRollupDataV2',
      args: [networkId],
    })
    const info = await client.networkInfo(networkId, o)
    if (!info.ok) throw new Error(info.error.message)
    const { settledHeight, settledPpRoot } = info.value
    const of = `network ${networkId}`
    checks.push(
      {
        what: `local exit root of ${of} on L1`,
        actual: rollup.lastLocalExitRoot,
        expected: `0x${own.at(-1)?.newLocalExitRoot ?? ''}`,
      },
      {
        what: `pessimistic root of ${of} on L1`,
        actual: rollup.lastPessimisticRoot,
        expected: settledPpRoot === undefined ? 'none' : `0x${toHex(settledPpRoot)}`,
      },
      {
        what: `settled height of ${of}`,
        actual: String(settledHeight),
        expected: String(own.length - 1),
      },
    )
  }
  return checks
}

type Some = readonly [RealCertificate, ...RealCertificate[]]

function byNetwork(certificates: readonly RealCertificate[]): Map<NetworkId, Some> {
  const groups = new Map<NetworkId, Some>()
  for (const certificate of certificates) {
    const before = groups.get(certificate.network)
    groups.set(certificate.network, before ? [...before, certificate] : [certificate])
  }
  return groups
}
