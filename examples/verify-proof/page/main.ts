import { loadCryptoBackends } from '@zkstack/crypto'
import { Sp1Verifier, type PessimisticProofOutput } from '@zkstack/pessimistic-proof'
import sample from '../proofs/agglayer-sp1-v5.json'
import { explainProof, type ProofReport } from '../src/explain-proof.js'
import { readProof } from '../src/read-proof.js'
import {
  authorityText,
  guarantee,
  hexadecimal,
  localExitRootText,
  pessimisticRootText,
  signerTexts,
  systemText,
} from '../src/report-text.js'
import { rootPicture } from './root-picture.js'

const verifier = new Sp1Verifier()
let current: Uint8Array | undefined

/** The element with this id. */
function byId<T extends HTMLElement>(id: string): T {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page has no #${id}`)
  return element as T
}

function isChecked(id: string): boolean {
  return byId<HTMLInputElement>(id).checked
}

function element(name: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  made.className = className
  return made
}

/** A card of the picture: one state with its two roots. */
function stateCard(
  title: string,
  localExitRoot: Uint8Array,
  localExitText: string,
  pessimisticRoot: Uint8Array,
  pessimisticText: string,
): HTMLElement {
  const card = element('div', '', 'state')
  card.append(element('h2', title))
  for (const [name, root, text] of [
    ['Local exit root', localExitRoot, localExitText],
    ['Pessimistic root', pessimisticRoot, pessimisticText],
  ] as const) {
    const picture = element('div', '')
    picture.innerHTML = rootPicture(text.startsWith('0x') ? root : undefined)
    card.append(element('h3', name), picture, element('p', text, 'root'))
  }
  return card
}

function arrow(report: ProofReport): HTMLElement {
  const isProven = report.verdict === 'proven'
  const made = element('div', '', isProven ? 'arrow' : 'arrow refused')
  const cross = isProven ? '' : '<path d="M22 8 L34 24 M34 8 L22 24"/>'
  made.innerHTML =
    '<svg viewBox="0 0 56 32" fill="none" stroke="currentColor" stroke-width="3" aria-hidden="true">' +
    `<path d="M2 16 H52 M42 6 L53 16 L42 26"/>${cross}</svg>`
  const text = isProven
    ? `${systemText(report.statement)} ${report.statement.version}`
    : 'not proven'
  made.append(element('div', text))
  return made
}

function showPicture(report: ProofReport, output: PessimisticProofOutput): void {
  byId('picture').replaceChildren(
    stateCard(
      'Before',
      output.prevLocalExitRoot,
      localExitRootText(output.prevLocalExitRoot),
      output.prevPessimisticRoot,
      pessimisticRootText(output.prevPessimisticRoot),
    ),
    arrow(report),
    stateCard(
      'After',
      output.newLocalExitRoot,
      localExitRootText(output.newLocalExitRoot),
      output.newPessimisticRoot,
      pessimisticRootText(output.newPessimisticRoot),
    ),
  )
}

function factsOf(report: ProofReport, output: PessimisticProofOutput): [string, string][] {
  const common: [string, string][] = [
    ['Network', String(output.originNetwork)],
    ['L1 info root', hexadecimal(output.l1InfoRoot)],
    ['Aggchain hash', hexadecimal(output.aggchainHash)],
  ]
  if (report.verdict === 'refused') return common
  const { statement, authority, program } = report
  return [
    ...common,
    ['Signatures', authorityText(authority)],
    ...signerTexts(authority).map((signer): [string, string] => ['Signer', signer]),
    ['Proof', `${systemText(statement)}, SP1 circuits ${statement.version}`],
    ['Program', program ?? 'no release known here: make sure that L1 expects its key'],
    ['Program key', hexadecimal(statement.vkey)],
  ]
}

function showVerdict(verdict: ProofReport['verdict'] | 'none', word: string, reason: string): void {
  byId('verdict').dataset['verdict'] = verdict
  byId('word').textContent = word
  byId('reason').textContent = reason
}

/** Shows a report; `milliseconds` is how long the verification took. */
function show(report: ProofReport, milliseconds: number): void {
  const { output } = report
  if (report.verdict === 'proven') {
    const text = `${guarantee(report)} Verified in ${Math.max(1, Math.round(milliseconds))} ms.`
    showVerdict('proven', '✓ Proven', text)
  } else {
    const claim = output === undefined ? '' : ' Below is what it claims.'
    showVerdict('refused', '✗ Refused', `${report.reason}${claim}`)
  }
  byId('heading').textContent = report.verdict === 'proven' ? 'What it proves' : 'What it claims'
  byId('picture').hidden = output === undefined
  byId('facts').hidden = output === undefined
  if (output === undefined) return
  showPicture(report, output)
  const rows = factsOf(report, output).flatMap(([name, value]) => [
    element('dt', name),
    element('dd', value, value.startsWith('0x') ? 'hash' : ''),
  ])
  byId('list').replaceChildren(...rows)
}

/** Verifies the current file with the options of the page. */
function verify(): void {
  if (current === undefined) return
  const file = readProof(current)
  if (!file.ok) {
    byId('picture').hidden = true
    byId('facts').hidden = true
    showVerdict('refused', '✗ Not readable', file.error)
    return
  }
  const proof = Uint8Array.from(file.value.proof)
  const last = proof.length - 1
  if (isChecked('flip') && last >= 0) proof[last] = (proof[last] ?? 0) ^ 1
  const since = performance.now()
  const report = explainProof(
    { ...file.value, proof },
    { allowOldCircuits: isChecked('old'), verifier },
  )
  show(report, performance.now() - since)
}

byId('sample').addEventListener('click', () => {
  current = new TextEncoder().encode(JSON.stringify(sample))
  verify()
})
byId('file').addEventListener('change', () => {
  byId<HTMLInputElement>('file')
    .files?.item(0)
    ?.arrayBuffer()
    .then(
      (bytes) => {
        current = new Uint8Array(bytes)
        verify()
      },
      (error: unknown) => showVerdict('refused', '✗ Not readable', String(error)),
    )
})
for (const id of ['flip', 'old']) byId(id).addEventListener('change', verify)

await loadCryptoBackends()
showVerdict('none', 'Ready', 'Open a proof, or verify a real one of Agglayer.')
