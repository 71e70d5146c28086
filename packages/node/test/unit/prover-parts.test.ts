import { realClock, silentLogger, silentMetrics } from '@zkstack/concurrency'
import { err, hash32, loadCryptoBackends } from '@zkstack/crypto'
import {
  applyCertificate,
  nativeProver,
  networkStateOf,
  type Prover,
} from '@zkstack/pessimistic-proof'
import { readinessOf } from '@zkstack/rpc'
import { serveProver } from '@zkstack/settlement'
import { certificateChain } from '@zkstack/settlement/testing'
import { expect, test } from 'vitest'
import { proverParts } from '../../src/settle/prover-parts.js'

const call = { signal: new AbortController().signal }
const native = nativeProver()

/** Says of every witness that it proves nothing. */
const liar: Prover = {
  prove: async () => err({ code: 'ProofGenerationError', source: { code: 'InvalidSignature' } }),
  verify: (envelope) => native.verify(envelope),
}

test('a prover that lies › is named by readiness, which ends when no other one serves', async () => {
  await loadCryptoBackends()
  const [submission] = certificateChain(1, 1)
  if (submission === undefined) throw new Error('no certificate')
  const applied = applyCertificate(submission.state, submission.certificate, submission.l1)
  if (!applied.ok) throw new Error('no witness')
  const input = { state: networkStateOf(submission.state), header: applied.value.header }
  const provers = await Promise.all(
    [liar, native].map((prover) =>
      serveProver({ prover, development: true, listen: '127.0.0.1:0' }),
    ),
  )
  const endpoints = provers.map(({ port }) => `127.0.0.1:${port}`)
  const developmentVKey = hash32(new Uint8Array(32))
  using parts = proverParts(
    {
      ...{ type: 'remote', endpoints, tls: undefined, timeoutMs: 20_000 },
      accepts: { type: 'native', developmentVKey },
    },
    { tls: undefined, clock: realClock, logger: silentLogger, metrics: silentMetrics },
  )
  const readiness = readinessOf([parts.check], { keepMs: 0 })
  expect(await readiness()).toEqual({ ready: true, checks: [{ name: 'prover', ok: true }] })
  expect(await parts.options.prover.prove(input, call)).toMatchObject({ ok: true })
  const aside = `${endpoints[0] ?? ''} gave a wrong answer last: set aside until a good one comes`
  expect(await readiness()).toEqual({
    ready: true,
    checks: [{ name: 'prover', ok: true, note: aside }],
  })
  await provers[1]?.close({ graceMs: 0 })
  expect(await readiness()).toEqual({
    ready: false,
    checks: [{ name: 'prover', ok: false, problem: aside }],
  })
  await provers[0]?.close({ graceMs: 0 })
})
