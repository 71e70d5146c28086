import { expect, test } from 'vitest'
import { formatHostPort, multiaddrOf, parseHostPort } from '../../src/host-port.js'

test.each([
  ['203.0.113.5:3054', '/ip4/203.0.113.5/tcp/3054'],
  ['0.0.0.0:0', '/ip4/0.0.0.0/tcp/0'],
  ['[2001:db8::1]:3054', '/ip6/2001:db8::1/tcp/3054'],
  ['[::]:65535', '/ip6/::/tcp/65535'],
  ['localhost:80', '/dns/localhost/tcp/80'],
  ['node-1.example.com:3054', '/dns/node-1.example.com/tcp/3054'],
  ['validator_0:3054', '/dns/validator_0/tcp/3054'],
])('address %s › parsed › is the multiaddr %s and formats back', (text, multiaddr) => {
  const address = parseHostPort(text)
  expect(multiaddrOf(address)).toBe(multiaddr)
  expect(formatHostPort(address)).toBe(text)
})

test.each([
  '',
  '3054',
  ':3054',
  'localhost',
  'localhost:',
  'localhost:65536',
  'localhost:-1',
  'localhost:0x50',
  '2001:db8::1:3054',
  '[localhost]:1',
  '[]:1',
  '256.1.1.1:1',
  '1.2.3:1',
  'a b:1',
  'a..b:1',
  '-a:1',
  'a/tcp/1:2',
  `${'a'.repeat(254)}:1`,
])('address "%s" › parsed › is NETWORK_ADDRESS with an example', (text) => {
  expect(() => parseHostPort(text)).toThrow(
    expect.objectContaining({
      code: 'NETWORK_ADDRESS',
      message: expect.stringContaining('203.0.113.5:3054') as string,
    }) as Error,
  )
})
