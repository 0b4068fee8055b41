/** Rights for checkpoints. The kubelet asks for `create` on `nodes/checkpoint` (Kubernetes: pkg/kubelet/server/auth.go). */
import type { Yaml } from './yaml.ts'

export const ACCOUNT = 'checkpointer'
export const ACCOUNT_NAMESPACE = 'forensics'
export const ROLE = 'container-checkpointer'

const RBAC = 'rbac.authorization.k8s.io'

/** A cluster role that may do what its resources name, and nothing else. */
export function clusterRole(resources: readonly string[]): Yaml {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: ROLE },
    rules: [{ apiGroups: [''], resources, verbs: ['create'] }],
  }
}

/** Account, role and binding for asking the kubelet with a token. */
export function accountManifests(): Yaml[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ACCOUNT_NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: ACCOUNT, namespace: ACCOUNT_NAMESPACE } },
    clusterRole(['nodes/checkpoint']),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: ROLE },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: ROLE },
      subjects: [{ kind: 'ServiceAccount', name: ACCOUNT, namespace: ACCOUNT_NAMESPACE }],
    },
  ]
}
