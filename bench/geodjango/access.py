"""Who is asking: by DRF's own tokens, under the word that ours are sent with."""

from rest_framework.authentication import TokenAuthentication


class Bearer(TokenAuthentication):
    keyword = "Bearer"
