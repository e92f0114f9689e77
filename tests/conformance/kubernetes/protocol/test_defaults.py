"""What the server fills in, a kind at a time: created both ways, the objects come back the same."""

from __future__ import annotations

import pytest
import yaml

from tests.conformance.kubernetes.protocol.objects import collection, path_of

MANIFESTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: minimal}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: much}
spec:
  selector: {matchLabels: {a: b}}
  strategy: {rollingUpdate: {maxSurge: 50%}}
  template:
    metadata: {labels: {a: b}}
    spec:
      hostNetwork: true
      initContainers: [{name: i, image: "busybox:1.36", command: [sh, -c, "true"]}]
      containers:
        - name: c
          image: nginx:latest
          ports: [{containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}]
          env:
            - {name: A, value: "1"}
            - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
            - {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}
            - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
          resources: {limits: {cpu: 500m, memory: 128Mi}}
          livenessProbe: {httpGet: {path: /, port: 80}}
          readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 3}
          startupProbe: {grpc: {port: 9000}}
          lifecycle: {preStop: {httpGet: {port: 80}}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          volumeMounts: [{name: v, mountPath: /v}]
      volumes:
        - {name: v, emptyDir: {}}
        - {name: w, configMap: {name: c}}
        - {name: x, secret: {secretName: s}}
        - {name: y, projected: {sources: [{serviceAccountToken: {path: token}}, {configMap: {name: c}}]}}
        - {name: z, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
        - {name: h, hostPath: {path: /tmp}}
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: minimal}
spec:
  serviceName: s
  replicas: 0
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: nginx}]}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: minimal}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {nodeSelector: {none: such}, containers: [{name: c, image: nginx}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: minimal}
spec: {replicas: 0, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: minimal}
spec:
  schedule: "0 3 * * *"
  suspend: true
  jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: c, image: i}]}}}}
---
apiVersion: v1
kind: Pod
metadata: {name: minimal}
spec: {containers: [{name: c, image: "i:1"}], schedulerName: none}
---
apiVersion: v1
kind: Service
metadata: {name: plain}
spec: {selector: {a: b}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {a: b}, ports: [{name: x, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: ExternalName, externalName: example.com}
---
apiVersion: v1
kind: Service
metadata: {name: node}
spec: {type: NodePort, selector: {a: b}, ports: [{port: 80}], sessionAffinity: ClientIP}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: binary, labels: {}, annotations: {}}
binaryData: {a: AAEC}
immutable: true
---
apiVersion: v1
kind: Secret
metadata: {name: plain}
stringData: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: login}
type: kubernetes.io/basic-auth
stringData: {username: u, password: p}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: plain}
automountServiceAccountToken: false
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: plain}
spec: {accessModes: [ReadWriteOnce], storageClassName: none-such, resources: {requests: {storage: 1024Mi}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: plain}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /tmp}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: plain}
spec: {limits: [{type: Container, default: {cpu: 1}, max: {memory: 1Gi}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: plain}
spec: {hard: {pods: "1000", requests.cpu: "20"}}
---
apiVersion: v1
kind: Endpoints
metadata: {name: plain}
subsets: [{addresses: [{ip: 10.1.2.3}], ports: [{port: 80}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: plain}
spec:
  rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: plain}
spec: {controller: example.com/ingress, parameters: {kind: ConfigMap, name: x}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: plain}
spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out}
spec: {podSelector: {matchLabels: {a: b}}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: plain}
spec: {minAvailable: 1, selector: {matchLabels: {a: b}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: plain}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none-such}, maxReplicas: 3}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: behaving}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: none-such}
  maxReplicas: 3
  metrics: [{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1024Mi}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: plain}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: plain}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: plain}
subjects: [{kind: ServiceAccount, name: default}, {kind: User, name: me}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: plain}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: plain}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: plain}
subjects: [{kind: Group, name: us}]
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: plain}
provisioner: example.com/disks
---
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: disks.example.com}
spec: {attachRequired: false}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: plain}
value: 1000
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: plain}
spec: {holderIdentity: me, leaseDurationSeconds: 15}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: plain}
addressType: IPv4
endpoints: [{addresses: [10.1.2.3]}]
ports: [{port: 80}]
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: plain}
handler: runc
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: plain}
webhooks:
  - name: a.example.com
    sideEffects: None
    admissionReviewVersions: [v1]
    failurePolicy: Ignore
    clientConfig: {service: {namespace: none-such, name: s}}
    rules: [{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [things]}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: plain}
webhooks:
  - name: a.example.com
    sideEffects: None
    admissionReviewVersions: [v1]
    failurePolicy: Ignore
    clientConfig: {url: "https://127.0.0.1:1/x"}
    rules: [{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [things]}]
"""
OBJECTS = [*yaml.safe_load_all(MANIFESTS)]
IDS = [f"{value['kind']}-{value['metadata']['name']}" for value in OBJECTS]


@pytest.mark.parametrize("manifest", OBJECTS, ids=IDS)
def test_created_with_defaults(pair, namespace, manifest):
    path = collection(manifest, namespace)
    assert pair.post(path, manifest, dryRun="All", fieldManager="creator").status == 201


@pytest.mark.parametrize("manifest", OBJECTS, ids=IDS)
def test_applied_with_defaults_and_applied_again(pair, namespace, manifest):
    path = path_of(manifest, namespace)
    try:
        assert pair.apply(path, manifest).status == 201
        assert pair.apply(path, manifest).status == 200
    finally:
        for client in (pair.real, pair.sandbox):
            client.delete(path)
