/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of Kubernetes: what an API server posts to its webhooks and to its image policy (admission.h), answered over TLS.
 *
 *     POST /validate      validating webhook, AdmissionReview
 *     POST /mutate        mutating webhook, AdmissionReview
 *     POST /imagereview   image policy, ImageReview
 */
#ifndef ENFORCE_KUBERNETES_GUARD_KUBERNETES_H
#define ENFORCE_KUBERNETES_GUARD_KUBERNETES_H

#include "enforce/server/serving.h"

/* As serving_run. */
int guard_kubernetes_run(const struct serving_options *options, FILE *told, struct plim_error *err);

#endif
