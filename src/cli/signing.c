/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signing.h"

bool
signing_option(int chosen, struct signing_options *signing)
{
	if (chosen == OPT_SIGN_KEY)
		signing->key = optarg;
	else if (chosen == OPT_COMPANION)
		signing->companion = optarg;
	else if (chosen == OPT_PASSPHRASE_FILE)
		signing->passphrase_file = optarg;
	else
		return false;
	return true;
}
