"""A type of data source."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic

from providers.contract.kind import Kind
from providers.contract.values import ClientT, Values


class DataKind(Kind, Generic[ClientT]):
    """One type of data source: something that is read, and made by others."""

    @abstractmethod
    def read(self, client: ClientT, config: Values) -> Values:
        """The values of a (known) configuration, completed by what the service tells. Changes nothing anywhere.

        What is not there is an error, unless an empty answer is one. Marks that it puts on secrets stay. Raises a
        ProviderError.
        """
