import { toHex, type Hash32 } from '@zkstack/crypto'
import {
  EMPTY_LOCAL_EXIT_ROOT,
  type PessimisticProofOutput,
  type Sp1Statement,
} from '@zkstack/pessimistic-proof'
import type { ProofReport } from './explain-proof.js'
import type { Authority } from './who-signed.js'

/** `0x…` of bytes. */
export function hexadecimal(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`
}

/** A local exit root, which is zero for an empty tree. */
export function localExitRootText(root: Hash32): string {
  const isEmpty = root.every((byte) => byte === 0) || toHex(root) === toHex(EMPTY_LOCAL_EXIT_ROOT)
  return isEmpty ? 'empty: nothing has left the network' : hexadecimal(root)
}

/** A pessimistic root, which is zero before the first proof. */
export function pessimisticRootText(root: Hash32): string {
  return root.every((byte) => byte === 0) ? 'none: the first proof' : hexadecimal(root)
}

/** Whose signatures the transition needed, as a sentence. */
export function authorityText(authority: Authority): string {
  switch (authority.type) {
    case 'sequencer':
      return 'the trusted sequencer signed, as the proof guarantees'
    case 'multisig':
      return `at least ${authority.threshold} of ${authority.signers.length} signed, as the proof guarantees`
    case 'unknown':
      return 'known by their hash alone; name the signers to check them'
  }
}

/** The signers, each with whether its signature was seen. */
export function signerTexts(authority: Authority): string[] {
  if (authority.type === 'unknown') return []
  return authority.signers.map(
    ({ address, hasSigned }) => hexadecimal(address) + (hasSigned ? ' (on the certificate)' : ''),
  )
}

/** What the proof guarantees, as a sentence; of a program that is not known here, under a condition. */
export function guarantee(report: Extract<ProofReport, { verdict: 'proven' }>): string {
  const { output, program } = report
  const condition =
    program === undefined ? 'If its program is the one that L1 expects, network' : 'Network'
  return `${condition} ${output.originNetwork} moved from the state before to the state after, and withdrew no more of any token than it held.`
}

/** The report for a terminal. */
export function reportText(report: ProofReport): string {
  if (report.verdict === 'refused') {
    const claimed =
      report.output === undefined ? [] : ['', 'It claims, without proof:', ...rows(report.output)]
    return ['REFUSED', '', `${report.reason} (${report.code})`, ...claimed].join('\n')
  }
  const { statement, output, authority, program } = report
  return [
    'PROVEN',
    '',
    guarantee(report),
    '',
    ...rows(output),
    '',
    row('signatures', authorityText(authority)),
    ...signerTexts(authority).map((signer) => row('', signer)),
    row('aggchain hash', hexadecimal(output.aggchainHash)),
    '',
    row(
      'proof',
      `${systemText(statement)}, SP1 circuits ${statement.version}, selector ${statement.selector}`,
    ),
    row('program', program ?? 'no release known here: make sure that L1 expects its key'),
    row('program key', hexadecimal(statement.vkey)),
    ...report.checks.map(({ what, holds }) => row(holds ? 'yes' : 'NO', what)),
  ].join('\n')
}

/** The name of a proof system. */
export function systemText(statement: Sp1Statement): string {
  return statement.system === 'plonk' ? 'PLONK' : 'Groth16'
}

function rows(output: PessimisticProofOutput): string[] {
  return [
    row('network', String(output.originNetwork)),
    row('local exit root', ''),
    row('  before', localExitRootText(output.prevLocalExitRoot)),
    row('  after', localExitRootText(output.newLocalExitRoot)),
    row('pessimistic root', ''),
    row('  before', pessimisticRootText(output.prevPessimisticRoot)),
    row('  after', hexadecimal(output.newPessimisticRoot)),
    row('L1 info root', hexadecimal(output.l1InfoRoot)),
  ]
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(18)}${value}`.trimEnd()
}
