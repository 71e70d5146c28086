import { describeEffect, describeInput, describeState, replay } from '@zkstack/bft'
import type { DecodeRecordOptions, ReplayStart, ReplayStep } from '@zkstack/bft'
import { readRingFile } from '@zkstack/storage'

/**
 * Plays the recording of a node again, input by input, with the state before and after each and its effects. The node may
 * still be running.
 *
 * @throws StorageError when the file cannot be read; while iterating, DecodeError for a recording of another version.
 */
export async function replayRecording(
  path: string,
  o: DecodeRecordOptions = {},
): Promise<Iterable<ReplayStart | ReplayStep>> {
  return replay(await readRingFile(path), o)
}

/** One step of a replay as text of some lines, for people. */
export function formatReplayStep(at: ReplayStart | ReplayStep): string {
  return at.type === 'start' ? formatStart(at) : formatStep(at)
}

function formatStart({ sequence, atUtcMs, missing, state }: ReplayStart): string {
  const lost = missing > 0 ? `, ${missing} inputs before it are lost` : ''
  const time = Number.isFinite(atUtcMs) ? new Date(atUtcMs).toISOString() : 'an unknown time'
  return [
    `== state before input ${sequence}, recorded at ${time}${lost}`,
    `   validator ${state.config.self} of ${state.config.scope.schedule.length}, epoch ${state.config.scope.epoch}`,
    `   ${describeState(state)}`,
  ].join('\n')
}

function formatStep(at: ReplayStep): string {
  const { sequence, input, before, after, effects, error, same } = at
  const [from, to] = [describeState(before), describeState(after)]
  return [
    `#${sequence} at ${input.now} ms: ${describeInput(input, before)}`,
    `   before  ${from}`,
    ...(from === to ? [] : [`   after   ${to}`]),
    ...effects.map((effect) => `   effect  ${describeEffect(effect)}`),
    ...(error === undefined ? [] : [`   THREW   ${error.message}`]),
    ...(same
      ? []
      : ['   THE STATE DIFFERS FROM THE RECORDED ONE: another version wrote this file']),
  ].join('\n')
}
