import { describe, expect, test } from 'vitest'
import { parseOptions, usage } from '../../demo/options.js'

const parse = (...args: string[]) => parseOptions(args, () => 'random')

describe('demo options', () => {
  test('demo options › none › the defaults', () => {
    expect(parse()).toEqual({
      ok: true,
      value: { scheme: 'bls12_381', validators: 6, blocks: 40, payload: 0, seed: 'random' },
    })
  })

  test('demo options › all given › are taken', () => {
    const args = [
      '--scheme',
      'ed25519',
      '--validators=7',
      '--blocks',
      '100',
      '--payload',
      '8388608',
      '--seed',
      's',
    ]
    expect(parse(...args)).toEqual({
      ok: true,
      value: { scheme: 'ed25519', validators: 7, blocks: 100, payload: 8_388_608, seed: 's' },
    })
    expect(parse('--blocks', 'x', '--help')).toEqual({ ok: true, value: 'help' })
    for (const option of ['scheme', 'validators', 'blocks', 'payload', 'seed'])
      expect(usage).toContain(`--${option}`)
  })

  test('demo options › wrong › one line that names the option and what it takes', () => {
    const wrong: [string[], RegExp][] = [
      [['--scheme', 'rsa'], /--scheme takes bls12_381, bls12_381_min_pk, ed25519, not 'rsa'/],
      [['--scheme', 'constructor'], /--scheme takes/],
      [['--validators', '5'], /--validators takes an integer from 6 to 20, not '5'/],
      [['--validators', '6.5'], /--validators/],
      [['--blocks', '9'], /--blocks/],
      [['--blocks', '1e3'], /--blocks/],
      [['--payload=-1'], /--payload/],
      [['--payload', '8388609'], /--payload/],
      [['--seed', ''], /--seed/],
      [['--unknown'], /--unknown.*--help/],
      [['--blocks'], /--blocks.*--help/],
      [['positional'], /positional.*--help/],
    ]
    for (const [args, message] of wrong) {
      const result = parse(...args)
      if (result.ok) throw new Error(`${args.join(' ')} was taken`)
      expect(result.error).toMatch(message)
      expect(result.error).not.toContain('\n')
    }
  })
})
