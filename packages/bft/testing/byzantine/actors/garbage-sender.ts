import { decodeSigned, encodeSigned } from '@zkstack/roles'
import type { Signed } from '@zkstack/roles'
import type { ActorKind, ActorSend } from '../actor.js'
import { masquerade } from '../masquerade.js'
import type { Masquerade } from '../masquerade.js'

/** Flips, cuts, inserts or repeats some bytes. */
function damage(bytes: Uint8Array, self: Masquerade): Uint8Array {
  const { random } = self.init
  const at = random.uint32() % bytes.length
  const length = 1 + (random.uint32() % 8)
  switch (random.uint32() % 4) {
    case 0:
      return bytes.with(at, random.uint32() & 0xff)
    case 1:
      return Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(at + length))
    case 2:
      return Uint8Array.of(...bytes.slice(0, at), ...random.bytes(length), ...bytes.slice(at))
    default:
      return Uint8Array.of(...bytes.slice(0, at), ...bytes.slice(Math.max(0, at - length)))
  }
}

/** The message that damaged bytes still decode to, if any. */
function decodeDamaged(message: Signed, self: Masquerade): Signed | undefined {
  const { scheme } = self.init.committee.schedule
  const bytes = damage(encodeSigned(message), self)
  try {
    return decodeSigned(bytes, scheme)
  } catch {
    return undefined
  }
}

/** Signatures that are none: of another message, of noise, of the wrong length, infinity. */
function badSignatures(message: Signed, self: Masquerade): Signed[] {
  const { committee, random, index } = self.init
  const { length } = message.sig
  const noise = committee.signature(index, random.bytes(32))
  return [
    { ...message, sig: noise },
    { ...message, sig: random.bytes(length) },
    { ...message, sig: random.bytes(length + 1) },
    { ...message, sig: new Uint8Array(length) },
    { ...message, sig: new Uint8Array() },
  ]
}

/** The message in the name of a correct member, under a signature that is not its own. */
function impersonate(message: Signed, self: Masquerade): Signed {
  const victim = self.init.committee.key(self.pick(self.victims))
  return { ...message, key: victim }
}

function garbage(message: Signed, self: Masquerade): ActorSend[] {
  const decoded = decodeDamaged(message, self)
  const own = self.init.committee.sign(self.init.index, message.msg)
  const candidates = [
    ...badSignatures(own, self),
    impersonate(own, self),
    { ...own, key: self.init.random.bytes(own.key.length) },
    ...(decoded === undefined ? [] : [decoded]),
  ]
  return [self.forward(self.pick(candidates), [self.pick(self.victims)])]
}

/**
 * Sends what is well-formed and wrong: bad signatures, others' names, unknown keys, and whatever still decodes after its
 * bytes were damaged. Its own messages of the views in between are good, so that it is listened to.
 */
export const garbageSender: ActorKind = {
  name: 'sender of garbage',
  convictions: ['RELAYED_INVALID', 'INVALID_SIGNATURE'],
  create: (init) =>
    masquerade(init, {
      hear: (message, self) => (init.random.float() < 0.3 ? garbage(message, self) : []),
      send: (message, self) => [
        ...(init.random.float() < 0.2
          ? [self.forward(self.pick(badSignatures(init.committee.sign(init.index, message), self)))]
          : []),
        self.say(message),
      ],
    }),
}
