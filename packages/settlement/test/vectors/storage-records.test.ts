import { fromHex, hash32, toHex } from '@zkstack/crypto'
import { describe, expect, test } from 'vitest'
import { columns, type CertificateHeader } from '../../src/index.js'
import { columnPrefix } from '../../src/storage/column.js'
import { networkNodeStore } from '../../src/storage/network-trees.js'
import { headerRecord, settledRecord } from '../../src/storage/records.js'
import { memoryDatabase } from '../../src/index.js'

const hash = (byte: number) => hash32(new Uint8Array(32).fill(byte))
const fill = (byte: string) => byte.repeat(32)

/** The key of a change, after the name of its column. */
function keyText({ key }: { readonly key: Uint8Array }, name: string): string {
  const prefix = columnPrefix(name)
  expect(toHex(key.slice(0, prefix.length))).toBe(toHex(prefix))
  return toHex(key.slice(prefix.length))
}

const header: CertificateHeader = {
  networkId: 1,
  height: 2n,
  epochNumber: 3n,
  certificateIndex: 4n,
  certificateId: hash(1),
  prevLocalExitRoot: hash(4),
  newLocalExitRoot: hash(5),
  metadata: hash(6),
  status: { type: 'pending' },
  settlementTxHash: undefined,
}

describe('a stored header', () => {
  test('has upstream’s bytes', () => {
    const expected = [
      '00000001',
      '0000000000000002',
      '010000000000000003',
      '010000000000000004',
      fill('01'),
      fill('04'),
      fill('05'),
      fill('06'),
      '00000000',
      '00',
    ].join('')
    expect(toHex(headerRecord.encode(header))).toBe(expected)
    expect(headerRecord.decode(fromHex(expected) ?? new Uint8Array())).toEqual(header)
  })

  test('has upstream’s statuses', () => {
    for (const [type, tag] of [
      ['pending', '00000000'],
      ['proven', '00000001'],
      ['candidate', '00000002'],
      ['settled', '00000004'],
    ] as const) {
      const bytes = toHex(headerRecord.encode({ ...header, status: { type } }))
      expect(bytes.slice(2 * 158)).toBe(`${tag}00`)
    }
    const error = { kind: 'retry', code: 'InternalError', reason: undefined, message: '' } as const
    const failed = toHex(headerRecord.encode({ ...header, status: { type: 'inError', error } }))
    expect(failed.slice(2 * 158, 2 * 166)).toBe('0000000300000004')
  })
})

describe('a stored pointer to the newest settled certificate', () => {
  test('has upstream’s bytes', () => {
    const settled = { certificateId: hash(1), height: 10n, epoch: 21n, index: 0n }
    const expected = `${fill('01')}000000000000000a00000000000000150000000000000000`
    expect(toHex(settledRecord.encode(settled))).toBe(expected)
  })
})

describe('keys', () => {
  test('of networks, heights, facts and jobs › are upstream’s', () => {
    expect(
      keyText(columns.settledIds.del({ networkId: 1, height: 200n }), columns.settledIds.name),
    ).toBe('0000000100000000000000c8')
    expect(
      keyText(
        columns.facts.del({ networkId: 0x01020304, kind: 'settledClaim' }),
        'network_info_cf',
      ),
    ).toBe('0102030400000002')
    expect(keyText(columns.latestSettled.del(1), columns.latestSettled.name)).toBe('00000001')
    expect(keyText(columns.headers.del(hash(1)), 'certificate_header_cf')).toBe(fill('01'))
  })

  test('of epochs › sort as epochs and indices do', () => {
    const name = columns.epochCertificates.name
    expect(keyText(columns.epochCertificates.del({ epoch: 1n, index: 2n }), name)).toBe(
      '00000000000000010000000000000002',
    )
    expect(toHex(columns.latestSettledEpoch.put('latestSettledEpoch', 7n).key)).toBe(
      toHex(columnPrefix('metadata_cf')) + '00000000',
    )
  })

  test('of the trees › begin with their network', async () => {
    const database = memoryDatabase()
    const value = Uint8Array.of(1)
    await networkNodeStore(database, 7).write([
      { type: 'put', key: Uint8Array.of(0x65), value },
      { type: 'put', key: Uint8Array.of(0x62, 1, 2), value },
      { type: 'put', key: Uint8Array.of(0x6e, 0xff), value },
    ])
    const keys: string[] = []
    for await (const [key] of database.entries()) keys.push(Buffer.from(key).toString('latin1'))
    expect(keys).toEqual([
      '!balance_tree_per_network_cf!\0\0\0\x07\x01\x02',
      '!local_exit_tree_per_network_cf!\0\0\0\x07',
      '!nullifier_tree_per_network_cf!\0\0\0\x07\xff',
    ])
  })
})
