"""moto, mounted: the services of AWS that it serves well enough, each as a WSGI application in this process."""

from __future__ import annotations

import os
import threading
from typing import Any

# Read when moto is imported: the managed policies exist, as they do in every account.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_DISABLE_GLOBAL_CORS", "true")

SERVICES = frozenset({"ec2", "iam", "kms", "s3", "sts"})


class Moto:
    """The mounted services. Each is imported when first asked for."""

    def __init__(self) -> None:
        self._applications: dict[str, Any] = {}
        self._lock = threading.Lock()

    def application(self, service: str) -> Any:
        """The WSGI application of `service`, one of SERVICES."""
        with self._lock:
            if service not in self._applications:
                from moto.moto_server.werkzeug_app import create_backend_app

                self._applications[service] = create_backend_app(service)
            return self._applications[service]

    def reset(self) -> None:
        """Forget all that was created, in every service, account and region."""
        from moto.core.base_backend import BackendDict
        from moto.core.model_instances import reset_model_data

        BackendDict.reset()
        reset_model_data()
