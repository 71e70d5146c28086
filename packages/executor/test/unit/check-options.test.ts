import { describe, expect, it } from 'vitest'
import { checkNodeOptions, createNode, NodeOptionError, type NodeOptions } from '../../src/index.js'
import { good, nodeKey, validatorKey, wrongOptions } from './wrong-options.js'
import { wrongParts } from './wrong-parts.js'

/** The error of a start with some options replaced. */
async function errorOf(changes: Readonly<Record<string, unknown>>): Promise<NodeOptionError> {
  const options: NodeOptions = { ...good(), ...changes }
  const error: unknown = await createNode(options).then(
    (node) => node.stop().then(() => 'started'),
    (e: unknown) => e,
  )
  if (error instanceof NodeOptionError) return error
  throw new Error(`expected a NodeOptionError, got ${String(error)}`)
}

describe('options of createNode', () => {
  for (const row of [...wrongOptions, ...wrongParts]) {
    it(`${row.name} › ${row.code} at ${row.path}`, async () => {
      const error = await errorOf(row.options)
      await expect(checkNodeOptions({ ...good(), ...row.options })).rejects.toEqual(error)
      expect({ code: error.code, path: error.path }).toEqual({ code: row.code, path: row.path })
      expect(error.message.startsWith(`${row.path}: `)).toBe(true)
      expect(error.remedy.length).toBeGreaterThan(10)
    })
  }

  it('that are good › pass without a start', async () => {
    await expect(checkNodeOptions(good())).resolves.toBeUndefined()
  })

  it('a signal that has aborted, or does so at once › a cancellation, whose cause is the reason', async () => {
    const reason = new Error('the user gave up')
    const controller = new AbortController()
    const starts = Promise.allSettled([
      createNode({ ...good(), signal: AbortSignal.abort(reason) }),
      createNode({ ...good(), signal: controller.signal }),
    ])
    controller.abort(reason)
    const canceled = { name: 'AbortError', code: 'CANCELED', cause: reason }
    expect(await starts).toMatchObject([{ reason: canceled }, { reason: canceled }])
  })

  it('nothing at all › OPTION_MISSING at options', async () => {
    await expect(createNode(undefined as unknown as NodeOptions)).rejects.toMatchObject({
      code: 'OPTION_MISSING',
    })
  })

  it('a secret in the wrong place › is in no part of the error', async () => {
    const secrets = [nodeKey.exposeText(), validatorKey.exposeText()]
    for (const secret of secrets) {
      for (const field of [
        'nodeKey',
        'validatorKey',
        'genesis',
        'listen',
        'publicAddr',
        'store',
        'buildVersion',
      ]) {
        const error = await errorOf({
          [field]: field === 'buildVersion' ? secret.repeat(2) : secret,
        })
        const shown = `${error.message} ${error.remedy} ${error.stack ?? ''} ${JSON.stringify(error)}`
        expect(shown).not.toContain(secret.slice(secret.lastIndexOf(':') + 1))
      }
    }
  })
})
