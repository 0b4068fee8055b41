/** Commands that make a checkpoint, and what speaks against it before one tries. */
import { kubeletSupport, restoreSupport } from './engines.ts'
import { createByKubelet } from './create-kubelet.ts'
import { createByTool } from './create-tools.ts'
import { KUBELET_WAYS, type CommandInput } from './input.ts'
import { bareVersion } from './names.ts'
import type { Advice, Step } from './step.ts'
import { step, run } from './step.ts'
import type { Yaml } from './yaml.ts'

const EXAMPLE_FILE = 'counters.yaml'

export function createSteps(input: CommandInput, isExample: boolean): Step[] {
  const isKubelet = KUBELET_WAYS.includes(input.way)
  const steps = isKubelet ? createByKubelet(input) : createByTool(input)
  const isPod = isKubelet || input.way === 'crictl' || input.way === 'ctr' || input.way === 'operator'
  return isPod ? [exampleStep(isExample), ...steps] : steps
}

/** The pod that the examples speak of: it counts, once a second. */
function examplePod(): Yaml {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'counters', namespace: 'default' },
    spec: {
      containers: [
        {
          name: 'counter',
          image: 'docker.io/library/busybox:latest',
          command: ['sh', '-c', 'i=0; while true; do echo $i; i=$((i+1)); sleep 1; done'],
        },
      ],
      restartPolicy: 'Never',
    },
  }
}

function exampleStep(isExample: boolean): Step {
  return step({
    id: 'example',
    title: 'Something to try it with',
    why: 'A pod whose one container counts. After a restore it goes on from where it was, which shows that it is no new start.',
    isAside: !isExample,
    isFolded: true,
    files: [{ name: EXAMPLE_FILE, content: [examplePod()] }],
    lines: [
      run('kubectl', 'apply', '--filename', EXAMPLE_FILE),
      run('kubectl', 'wait', '--for=condition=Ready', 'pod/counters', '--namespace', 'default', '--timeout=120s'),
    ],
  })
}

/** What is known of the engine and the kubelet for making checkpoints. */
export function createAdvice(input: CommandInput): Advice[] {
  const advice: Advice[] = []
  const version = bareVersion(input.engineVersion)
  if (KUBELET_WAYS.includes(input.way)) {
    const { state, summary, remedy, source } = kubeletSupport(bareVersion(input.kubernetes))
    const tone = state === 'works' ? 'good' : state === 'unknown' ? 'info' : 'bad'
    advice.push({ id: 'kubelet', tone, text: summary, remedy, source, needs: [], setting: undefined })
  }
  const engine = engineNamed(input.engineVersion) ?? input.engine
  const isCri = KUBELET_WAYS.includes(input.way) || input.way === 'crictl'
  if (isCri && version !== '' && (engine === 'containerd' || engine === 'CRI-O')) {
    const { state, summary, source } = restoreSupport(engine, version)
    const cannot = state === 'none'
    advice.push({
      id: 'engine',
      tone: cannot ? 'bad' : 'good',
      text: cannot ? summary : `${engine} ${version} makes checkpoints, with CRIU on the node.`,
      remedy:
        cannot && engine === 'containerd'
          ? 'The kubelet answers 500, CheckpointContainer not implemented. Use ctr or runc on the node.'
          : undefined,
      needs: [],
      setting: undefined,
      source,
    })
  }
  return advice
}

/** The engine that stands before the version when it is copied from kubectl: `cri-o://1.34.0`. */
function engineNamed(version: string): 'containerd' | 'CRI-O' | undefined {
  const [, name] = /^\s*(containerd|cri-o):\/\//.exec(version) ?? []
  return name === undefined ? undefined : name === 'cri-o' ? 'CRI-O' : 'containerd'
}
