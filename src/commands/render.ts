/** Recipes as text: what one pastes into a shell, and a script. */
import { visibleText } from '../base/text.ts'
import { lineTokens, type Line, type Token } from './shell.ts'
import type { Recipe, Step, StepFile } from './step.ts'
import { yamlText, yamlTokens, type YamlToken } from './yaml.ts'

/** No line of a file is this: YAML has keys and dashes, settings have brackets and equal signs. */
const END = 'END_OF_FILE'

export function fileText({ content }: StepFile): string {
  return typeof content === 'string' ? content : yamlText(content)
}

/** A piece of a step for drawing in colours; the pieces put together are its text. */
type Piece = Token | YamlToken

function stepTokens({ files, lines }: Step): Piece[] {
  return [...files.flatMap(written), ...lines.flatMap(runLine)]
}

function runLine(line: Line): Piece[] {
  return [...lineTokens(line), { kind: 'word', text: '\n' }]
}

function written(file: StepFile): Piece[] {
  const { name, content } = file
  return [
    { kind: 'command', text: 'cat' },
    { kind: 'operator', text: ' > ' },
    { kind: 'word', text: name },
    { kind: 'operator', text: ' <<' },
    { kind: 'quoted', text: `'${END}'\n` },
    ...(typeof content === 'string' ? [{ kind: 'text', text: content } as const] : yamlTokens(content)),
    { kind: 'operator', text: `${END}\n` },
  ]
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('')
}

/** What to paste for one step: writes its files and runs its lines. Without comments: zsh does not know them when they are pasted. */
export function stepText(step: Step): string {
  return textOf(stepTokens(step))
}

/** All that is to be done, without what is only needed sometimes, in pieces. */
export function blockTokens({ steps }: Recipe): Piece[] {
  return steps.filter(({ isAside }) => !isAside).flatMap(stepTokens)
}

export function blockText(recipe: Recipe): string {
  return textOf(blockTokens(recipe))
}

/** A script for sh that stops at the first failure, with the explanations as comments. */
export function scriptText({ steps, stops, warnings }: Recipe, title: string): string {
  const parts = steps.map((one) =>
    one.isAside
      ? `# Left out, only where it is needed: ${one.title}\n`
      : [
          heading(one.title),
          comment(one.why),
          ...one.warnings.map((text) => comment(`Note: ${text}`)),
          stepText(one),
        ].join(''),
  )
  return [
    '#!/bin/sh\n',
    comment(title),
    ...[...stops, ...warnings].map(comment),
    'set -eu\n',
    ...parts.map((part) => `\n${part}`),
  ].join('')
}

function heading(title: string): string {
  return `# ${visibleText(title)}\n`
}

/** Comments of lines that are easy to read. Line breaks of values cannot end them. */
function comment(text: string): string {
  return visibleText(text).replaceAll(/(?=\S)(.{1,98})(?:\s+|$)/gu, '# $1\n')
}
